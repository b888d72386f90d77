-- Sends the jobs, as many at a time as the queue takes, and prints the results in order.
-- Repeats this until each worker was interrupted often enough, and compares the results.
local jobs, workers, ticks = ...

local function round()
	local results, sent, received = {}, 0, 0
	while received < jobs do
		while sent < jobs and send("jobs", tostring(sent + 1), 0) do
			sent = sent + 1
		end
		local number, text = receive("results"):match("^(%d+) (.*)$")
		results[tonumber(number)] = text
		received = received + 1
	end
	return results
end

local first = round()
for number, text in ipairs(first) do
	print(number .. ": " .. text)
end
while least_ticks() < ticks do
	for number, text in ipairs(round()) do
		if text ~= first[number] then
			error(("job %d: %s, then %s"):format(number, first[number], text))
		end
	end
end
for _ = 1, workers do
	send("jobs", "end")
end
print(("all %d workers were interrupted, and computed the same"):format(workers))
