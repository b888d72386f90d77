-- What SQLite stores: journals, VACUUM, several files, backups, damage that it finds.
PRAGMA page_size = 1024;
CREATE TABLE t(id INTEGER PRIMARY KEY, text TEXT, data BLOB);
CREATE INDEX by_text ON t(text);
PRAGMA journal_mode;
WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 3000)
	INSERT INTO t SELECT n, 'row ' || n * 7919 % 3001, zeroblob(n % 100) FROM c;
SELECT count(*), sum(length(data)), min(text), max(text) FROM t;
PRAGMA integrity_check;
PRAGMA page_count;
DELETE FROM t WHERE id % 3 = 0;
PRAGMA freelist_count;
VACUUM;
PRAGMA freelist_count;
PRAGMA page_count;
PRAGMA integrity_check;
PRAGMA journal_mode = TRUNCATE;
UPDATE t SET text = text || '!' WHERE id < 500;
PRAGMA journal_mode = PERSIST;
UPDATE t SET text = text || '?' WHERE id > 2500;
PRAGMA journal_mode = MEMORY;
DELETE FROM t WHERE id BETWEEN 600 AND 700;
PRAGMA journal_mode = DELETE;
BEGIN;
UPDATE t SET text = 'none';
SAVEPOINT here;
DELETE FROM t;
SELECT count(*) FROM t;
ROLLBACK TO here;
SELECT count(*) FROM t;
ROLLBACK;
SELECT count(*), count(DISTINCT text) FROM t;
ATTACH 'second.db' AS second;
CREATE TABLE second.u(x UNIQUE);
BEGIN;
INSERT INTO second.u SELECT id FROM t WHERE id < 50;
UPDATE t SET text = 'both files' WHERE id < 50;
COMMIT;
SELECT count(*) FROM t JOIN second.u ON id = x WHERE text = 'both files';
PRAGMA second.integrity_check;
DETACH second;
PRAGMA auto_vacuum = FULL;
VACUUM;
PRAGMA auto_vacuum;
DELETE FROM t WHERE id > 1000;
PRAGMA page_count;
VACUUM INTO 'copy.db';
.backup backup.db
.output dump.sql
.dump
.output
.import dump.sql lines
SELECT count(*) > 500 FROM lines;
DROP TABLE lines;
PRAGMA temp_store = FILE;
CREATE TEMP TABLE sorted AS SELECT text FROM t ORDER BY text DESC, id;
SELECT count(*), min(rowid), max(rowid) FROM sorted;
PRAGMA locking_mode = EXCLUSIVE;
PRAGMA journal_mode = WAL;
UPDATE t SET text = 'in the log' WHERE id < 100;
SELECT count(*) FROM t WHERE text = 'in the log';
PRAGMA wal_checkpoint(TRUNCATE);
PRAGMA journal_mode = DELETE;
PRAGMA quick_check;
PRAGMA foreign_key_check;
ANALYZE;
SELECT tbl, idx, stat FROM sqlite_stat1 ORDER BY idx;
