-- Reading itself, and writing files: modes, positions, buffers, errors.
-- Files without their addresses.
local function show(...)
	local values = table.pack(...)
	for i = 1, values.n do
		values[i] = io.type(values[i]) or tostring(values[i])
	end
	print(table.concat(values, "\t"))
end

local count, longest = 0, 0
for line in io.lines(arg[0]) do count, longest = count + 1, math.max(longest, #line) end
print(count, longest)
local me = assert(io.open(arg[0], "rb"))
print(me:read("l"), me:read("L"), me:read(5), #me:read("a"), me:read("a"), me:read("l"),
	me:read(0))
print(me:seek("set", 3), me:read(7), me:seek("cur"), me:seek("end") == me:seek("end", 0))
show(me:seek("set", -1))
print(select(3, me:write("not for writing"))) -- C libraries word this one differently
show(me:close())
show(pcall(me.read, me))

local out = assert(io.open("written.txt", "w"))
out:setvbuf("full", 100)
for i = 1, 1000 do out:write(i, " ", i / 8, "\n") end
print(out:seek("cur"))
out:close()
local again = assert(io.open("written.txt", "a+"))
again:write("0x1F 1e2 -7 .5 nonsense\n")
again:seek("set")
print(again:read("n", "n", "l", "n", "n"))
again:seek("end", -24)
print(again:read("n", "n", "n", "n", "n"))
again:close()
local update = assert(io.open("written.txt", "r+b"))
update:seek("set", 2)
update:write("XYZ\0\r\n")
update:flush()
update:seek("set", 0)
print((update:read(12):gsub("%c", "?")))
update:close()
print(#io.open("written.txt"):read("a"))
local big = ("0123456789"):rep(100000)
show(io.open("big.bin", "wb"):write(big):close())
print(io.open("big.bin", "rb"):read("a") == big)

show(os.rename("written.txt", "renamed.txt"))
show(io.open("written.txt"))
show(os.rename("written.txt", "x"))
show(os.remove("renamed.txt"))
show(os.remove("renamed.txt"))
show(io.open("missing/file", "w"))
show(io.open(arg[0] .. "/file"))
show(pcall(io.open, "x", "rw"))
show(pcall(io.lines, "missing"))
show(io.open("", "r"))
show(loadfile("missing"))
for _ = 1, 200 do io.open(arg[0]):close() end

io.output("second.txt")
io.write("through the default output\n")
io.close()
io.output(io.stdout)
io.input("second.txt")
print(io.read("a"))
io.stdout:write("to ", "the ", "console\n"):setvbuf("no")
show(io.type(io.stdin), io.type(42), io.stdout)
