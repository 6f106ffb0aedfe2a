-- Claim leases entries that are due.
-- KEYS     1 meta, 2 stream, 3 sorted set, 4 holds, 5 names, 6 hands, 7 lines, 8 askers
-- ARGV     stem of the entries, owner, lease in ms, how many at most, channel of the bus
-- Returns  id, fence and deaths of each claim, one after the other
-- Why      reading from the stream and raising the fence is one step: no entry is ever read and not leased.

locks_from(4)
local q = {ready = KEYS[2], timers = KEYS[3], entry = ARGV[1]}
local owner, lease, max = ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
local claims = {}

-- claim leases one entry. What a dead claim of it held goes.
local function claim(e)
	if e.deaths > 0 then give_up(e.key, false) end
	local fence = next_fence()
	redis.call('HSET', e.key, 'due', now + lease, 'fence', fence, 'owner', owner)
	redis.call('ZADD', q.timers, now + lease, e.id)
	for _, part in ipairs({e.id, tonumber(fence), e.deaths}) do table.insert(claims, part) end
end

fire(q)
-- More than one round only after somebody wrote to the stream by hand: such messages are passed over.
for _ = 1, 10 do
	local wanted = max - #claims / 3
	local got = wanted > 0 and redis.call('XREADGROUP', 'GROUP', GROUP, CONSUMER, 'COUNT', wanted, 'STREAMS', q.ready, '>')
	if not got then break end
	for _, message in ipairs(got[1][2]) do
		local e = find(q, message[2][2])
		if not e or e.msg ~= message[1] then
			redis.call('XACK', q.ready, GROUP, message[1])
			redis.call('XDEL', q.ready, message[1])
		elseif not e.fence then
			claim(e)
		end -- else somebody has it, and the group was made anew
	end
end
if #claims > 0 then keep_time() end
wake_lines(ARGV[5])
return claims
