-- The store's time, in milliseconds. In every script KEYS[1] is meta, which holds mark, the latest time that a change was
-- made at, and ahead, by how much it lay before the server's wall time. Beside them is epoch, which names what is in this Redis.
-- Why: deadlines hold only if no script lies before another that was applied earlier. The wall time may go back, when it is
-- set or when a replica with another clock takes over. The store's time then goes on from the mark, and joins the wall time
-- again when that has passed the mark.
local now, ahead, epoch
do
	local t, stored = wall(), redis.call('HMGET', KEYS[1], 'mark', 'ahead', 'epoch')
	epoch = stored[3]
	local mark = tonumber(stored[1]) or 0
	now = t
	if t < mark then now = math.max(mark, t + (tonumber(stored[2]) or 0)) end
	ahead = now - t
end

-- keep_time stores the time of a script that changes something. Where the epoch is missing, Redis is new or was emptied: it gets one that
-- was never there, made from its time in microseconds, because a script has no random numbers.
local function keep_time()
	redis.call('HSET', KEYS[1], 'mark', now, 'ahead', ahead)
	if not epoch then
		epoch = redis.sha1hex(table.concat(redis.call('TIME'), '.'))
		redis.call('HSET', KEYS[1], 'epoch', epoch)
	end
end
