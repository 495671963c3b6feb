-- Nullable, so that PostgreSQL need not touch the rows, and version 1 can go on inserting.
ALTER TABLE orders ADD COLUMN cents BIGINT;
