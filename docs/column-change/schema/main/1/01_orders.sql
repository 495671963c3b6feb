CREATE TABLE orders (
  id BIGINT PRIMARY KEY,
  amount TEXT
);
