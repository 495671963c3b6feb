CREATE TABLE totals (customer TEXT PRIMARY KEY, amount BIGINT NOT NULL);
INSERT INTO orders (id, customer, amount) VALUES (1, 'ada', 10), (2, 'ben', 7), (3, 'ada', 20);
