-- A worker: receives numbers and sends results, until it receives "end".
local work = ...
while true do
	local number = receive("jobs")
	if number == "end" then
		break
	end
	send("results", number .. " " .. work(tonumber(number)))
end
