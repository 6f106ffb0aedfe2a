-- Renew makes leases end later, or earlier.
-- KEYS     1 meta, then sorted sets
-- ARGV     lease in ms, then for each claim: number of its sorted set in KEYS, stem of the entries, id, fence
-- Returns  the numbers of the claims that are lost
-- Why      one call is the heartbeat of all that a replica works on.

local lease, lost, kept = tonumber(ARGV[1]), {}, false
for n = 1, (#ARGV - 1) / 4 do
	local timers, stem, id, fence = unpack(ARGV, 4 * n - 2, 4 * n + 1)
	local e = current({entry = stem}, id, fence)
	if e then
		redis.call('HSET', e.key, 'due', now + lease)
		redis.call('ZADD', KEYS[tonumber(timers)], now + lease, id)
		kept = true
	else
		table.insert(lost, n)
	end
end
if kept then keep_time() end
return lost
