-- gradus:ignore C01 version 3 neither reads nor writes the amount
ALTER TABLE orders DROP COLUMN amount;
