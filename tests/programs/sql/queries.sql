-- What SQLite computes: types, text, dates, joins, windows, recursion, extensions.
CREATE TABLE planet(id INTEGER PRIMARY KEY, name TEXT UNIQUE, mass REAL, moons INT);
INSERT INTO planet(name, mass, moons) VALUES
	('Mercury', 0.0553, 0), ('Venus', 0.815, 0), ('Earth', 1.0, 1),
	('Mars', 0.1075, 2),
	('Jupiter', 317.8, 95), ('Saturn', 95.2, 146), ('Uranus', 14.6, 28),
	('Neptune', 17.2, 16);
SELECT count(*), sum(mass), avg(moons), max(name), total(moons), group_concat(name, '|')
	FROM planet;
SELECT a.name, b.name FROM planet a JOIN planet b ON a.moons = b.moons AND a.id < b.id;
SELECT name, rank() OVER (ORDER BY mass DESC), round(sum(mass) OVER
	(ORDER BY id ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING), 3)
	FROM planet ORDER BY id;
WITH RECURSIVE f(n, a, b) AS (SELECT 1, 0, 1 UNION ALL
	SELECT n + 1, b, a + b FROM f WHERE n < 80) SELECT n, a FROM f WHERE n % 10 = 0;
SELECT 1e308 * 10, -1e308 * 10, 0.1 + 0.2, 1.0 / 3, 5 / 2, 5 % 3,
	9223372036854775807 + 1, 1e15, 1e16, 123456789012345678, 2.5e-300,
	typeof(1), typeof(1.0), typeof('1'),
	typeof(x'00'), typeof(NULL);
SELECT printf('%d|%5.2f|%-6s|%06d|%x|%e|%g|%q', 42, 3.14159, 'ab', -42, 255,
	12345.678, 1e-7, 'it''s'), hex(zeroblob(3)), quote(x'0102'), char(72, 105, 8364),
	unicode('ä'),
	length('häß'), upper('abc'), substr('hello', -3, 2), replace('aXbX', 'X', '--'),
	instr('hello', 'l'), soundex('Robert');
SELECT date('2024-02-28', '+2 days'), datetime(1700000000, 'unixepoch'),
	julianday('2000-01-01'), strftime('%Y-%j %W %w %s', '2023-12-31'),
	time('12:00', '-90 minutes'), date('2024-01-31', '+1 month', 'weekday 1');
SELECT sqrt(2), ln(10), exp(1), sin(1), cos(1), atan2(1, 2), pow(2, 0.5), ceil(1.2),
	floor(-1.2), trunc(2.7), mod(7, 3), degrees(1), log2(8), log(2, 1024);
SELECT json_extract('{"a":[1,{"b":2.5}],"c":"\u00e4"}', '$.a[1].b', '$.c'),
	json_group_array(id), json_patch('{"a":1}', '{"b":2}') FROM planet;
SELECT key, value, type FROM json_each('{"x":1,"y":[true,null],"z":"s"}');
CREATE VIRTUAL TABLE note USING fts5(title, body);
INSERT INTO note VALUES ('one', 'the quick brown fox'), ('two', 'a lazy dog sleeps'),
	('three', 'the fox and the dog');
SELECT title, highlight(note, 1, '[', ']'), round(bm25(note), 6) FROM note
	WHERE note MATCH 'fox OR dog' ORDER BY rank;
CREATE VIRTUAL TABLE old USING fts4(text);
INSERT INTO old VALUES ('hello world'), ('goodbye world');
SELECT rowid, snippet(old) FROM old WHERE old MATCH 'world NOT goodbye';
CREATE VIRTUAL TABLE area USING rtree(id, x0, x1, y0, y1);
INSERT INTO area VALUES (1, 0, 10, 0, 10), (2, 5, 15, 5, 15), (3, 20, 30, 20, 30);
SELECT id FROM area WHERE x1 >= 8 AND x0 <= 12 ORDER BY id;
CREATE TABLE log(what TEXT);
CREATE TRIGGER renamed AFTER UPDATE OF name ON planet BEGIN
	INSERT INTO log VALUES (old.name || ' -> ' || new.name); END;
UPDATE planet SET name = 'Terra' WHERE name = 'Earth' RETURNING id, name;
INSERT INTO planet(name, moons) VALUES ('Mars', 3)
	ON CONFLICT(name) DO UPDATE SET moons = excluded.moons;
SELECT * FROM log;
CREATE VIEW heavy AS SELECT name FROM planet WHERE mass > 10;
SELECT * FROM heavy ORDER BY name COLLATE NOCASE DESC LIMIT 2 OFFSET 1;
SELECT CAST('12abc' AS INT), CAST(3.99 AS INT), CAST(x'41' AS TEXT), 'a' LIKE 'A',
	'abc' GLOB 'a*', 3 BETWEEN 1 AND 5, NULL IS NULL, iif(1 > 2, 'yes', 'no');
EXPLAIN QUERY PLAN SELECT * FROM planet WHERE name = 'Mars';
SELECT * FROM missing;
INSERT INTO planet(name) VALUES ('Mars');
SELECT sqlite_version(), sqlite_source_id();
.mode column
SELECT name, mass FROM planet LIMIT 3;
.mode json
SELECT name, mass FROM planet LIMIT 2;
.mode box
SELECT id, name FROM planet LIMIT 2;
.mode csv
.headers on
SELECT * FROM planet WHERE id > 6;
.mode insert planet
SELECT * FROM planet WHERE id = 1;
.schema planet
.tables
.indexes
