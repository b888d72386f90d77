-- A worker: takes a number, and sends what it computed, until it is told to end.
local work = ...
while true do
	local number = receive("jobs")
	if number == "end" then
		break
	end
	send("results", number .. " " .. work(tonumber(number)))
end
