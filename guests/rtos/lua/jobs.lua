-- The jobs of the workers, by number. Each returns a short text that depends on all of
-- its steps, and not on the order of pairs(), on addresses or on time.
local jobs = {}

-- Floating point: the number of points of a line in the Mandelbrot set.
jobs[1] = function(n)
	local inside, y = 0, n / 40 - 1
	for column = 1, 120 do
		local x, zx, zy, steps = column / 50 - 2, 0.0, 0.0, 0
		while zx * zx + zy * zy < 4 and steps < 200 do
			zx, zy, steps = zx * zx - zy * zy + x, 2 * zx * zy + y, steps + 1
		end
		if steps == 200 then
			inside = inside + 1
		end
	end
	return ("mandelbrot %d"):format(inside)
end

-- Strings: substitution, and a hash of the result.
jobs[2] = function(n)
	local text = ("a call is a jump, %d times; "):format(n):rep(20)
	local hash = 5381
	text = text:gsub("%a+", string.upper):gsub("(%w+) (%w+)", "%2-%1")
	for at = 1, #text do
		hash = (hash * 33 + text:byte(at)) % 4294967296
	end
	return ("hash %08x"):format(hash)
end

-- Tables, closures and garbage: a sort by a function.
jobs[3] = function(n)
	local list, seed = {}, n
	for i = 1, 400 do
		seed = (seed * 1103515245 + 12345) % 2147483648
		list[i] = { key = seed % 1000, name = "n" .. i }
	end
	table.sort(list, function(a, b)
		if a.key ~= b.key then
			return a.key > b.key
		end
		return a.name < b.name
	end)
	return ("sorted %s %s %s"):format(list[1].name, list[200].name, list[400].name)
end

-- Coroutines: the number of permutations that leave no element in its place.
jobs[4] = function(n)
	local size, count = 5 + n % 2, 0
	local function permute(list, from)
		if from > #list then
			coroutine.yield(list)
		end
		for i = from, #list do
			list[from], list[i] = list[i], list[from]
			permute(list, from + 1)
			list[from], list[i] = list[i], list[from]
		end
	end
	local list = {}
	for i = 1, size do
		list[i] = i
	end
	for permutation in coroutine.wrap(function() permute(list, 1) end) do
		local moved = true
		for i = 1, size do
			moved = moved and permutation[i] ~= i
		end
		count = count + (moved and 1 or 0)
	end
	return ("derangements of %d: %d"):format(size, count)
end

-- Sums whose last digits show every rounding.
jobs[5] = function(n)
	local sum = 0.0
	for i = 1, 3000 do
		sum = sum + math.sqrt(i + n) / i
	end
	return ("sum %.14g"):format(sum)
end

-- Caught errors.
jobs[6] = function(n)
	local caught = 0
	for i = 1, 200 do
		local ok, message = pcall(function()
			if i % 3 == 0 then
				error({ code = i })
			end
			return nil .. "x"
		end)
		if not ok then
			caught = caught + (type(message) == "table" and message.code
				or #message:match(":%d+: (.*)"))
		end
	end
	return ("caught %d"):format(caught)
end

local function work(n)
	return jobs[n % #jobs + 1](n)
end

return work
