-- wall returns this server's wall time in milliseconds since 1970. The tests put a time of their own in its place.
local function wall()
	local t = redis.call('TIME')
	return t[1] * 1000 + math.floor(t[2] / 1000)
end
