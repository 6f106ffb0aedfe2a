-- The queue, for the scripts that change it. A queue is {ready, timers, entry}: the key of its stream, the key of its sorted
-- set, and the stem of its entries' keys. DESIGN.md tells the three states of an entry.

local GROUP, CONSUMER = 'workers', 'petrel'

-- How many entries that nobody has may be on the stream. It bounds what fire and recall do, and is no less than a claim takes.
local WINDOW = 1000

-- find returns an entry, or nil. fence and msg are nil where the entry has none.
local function find(q, id)
	local key = q.entry .. id
	local f = redis.call('HMGET', key, 'due', 'msg', 'fence', 'deaths', 'again')
	if not f[1] then return nil end
	return {
		key = key, id = id, due = tonumber(f[1]), msg = f[2] or nil, fence = f[3] or nil,
		deaths = tonumber(f[4]) or 0, again = tonumber(f[5]),
	}
end

-- current returns the entry if its claim with this fence is the current one, else nil.
local function current(q, id, fence)
	local e = find(q, id)
	if e and e.fence == fence and e.due > now then return e end
end

-- next_fence gives out a fence. It is no less than the time in microseconds: what Redis has lost, in a failover or by a flush, is not given
-- out a second time.
local last_fence
local function next_fence()
	last_fence = math.max((last_fence or tonumber(redis.call('HGET', KEYS[1], 'fence')) or 0) + 1, now * 1000)
	local text = string.format('%.0f', last_fence)
	redis.call('HSET', KEYS[1], 'fence', text)
	return text
end

-- queued tells whether an entry is where it will be found: ready on the stream, or in the sorted set. Somebody may have deleted it there by
-- hand.
local function queued(q, e)
	return e.msg and not e.fence and #redis.call('XRANGE', q.ready, e.msg, e.msg) > 0 or redis.call('ZSCORE', q.timers, e.id)
end

-- off takes an entry off the stream.
local function off(q, e)
	if not e.msg then return end
	redis.call('XACK', q.ready, GROUP, e.msg)
	redis.call('XDEL', q.ready, e.msg)
	redis.call('HDEL', e.key, 'msg')
end

-- recall puts the waiting entries that are younger than due back from the stream into the sorted set.
-- Why: the longest due comes first, and a stream cannot take an entry in before others.
local function recall(q, due)
	for _ = 1, WINDOW do
		local last = redis.call('XREVRANGE', q.ready, '+', '-', 'COUNT', 1)[1]
		if not last then return end
		local e = find(q, last[2][2])
		if e and e.msg == last[1] then
			if e.fence or e.due <= due then return end
			redis.call('HDEL', e.key, 'msg')
			redis.call('ZADD', q.timers, e.due, e.id)
		end
		redis.call('XDEL', q.ready, last[1])
	end
end

-- wait lets an entry that is not on the stream wait for a time.
local function wait(q, id, due)
	redis.call('HSET', q.entry .. id, 'due', due)
	redis.call('ZADD', q.timers, due, id)
	if due < now then recall(q, due) end
end

-- anew lets a claimed entry wait as if nobody ever had it.
local function anew(q, e, due)
	off(q, e)
	redis.call('DEL', e.key)
	wait(q, e.id, due)
end

local function remove(q, e)
	off(q, e)
	redis.call('DEL', e.key)
	redis.call('ZREM', q.timers, e.id)
end

-- enqueue adds an entry, or makes what is there earlier.
local function enqueue(q, id, due)
	local e = find(q, id)
	if not e then
		wait(q, id, due)
	elseif e.fence and e.due > now then
		redis.call('HSET', e.key, 'again', math.min(e.again or due, due))
	elseif e.fence then
		redis.call('ZADD', q.timers, 'NX', e.due, id) -- its lease has ended: it is due already
	elseif not e.msg then
		wait(q, id, math.min(e.due, due))
	elseif not queued(q, e) then
		redis.call('HDEL', e.key, 'msg')
		wait(q, id, e.due)
	end
end

-- room returns how many more entries the stream may take, and makes its consumer group where that is missing.
local function room(q)
	local pending = redis.pcall('XPENDING', q.ready, GROUP)
	if pending.err then
		redis.call('XGROUP', 'CREATE', q.ready, GROUP, '0', 'MKSTREAM')
		pending = {0}
	end
	return WINDOW - (redis.call('XLEN', q.ready) - pending[1])
end

-- fire moves what is due from the sorted set to the stream, the longest due first. A lease that has ended is a death.
local function fire(q)
	local free = room(q)
	if free <= 0 then return end
	for _, id in ipairs(redis.call('ZRANGEBYSCORE', q.timers, '-inf', now, 'LIMIT', 0, free)) do
		local e = find(q, id)
		redis.call('ZREM', q.timers, id)
		if e then
			if e.fence then
				off(q, e)
				redis.call('HDEL', e.key, 'fence', 'owner')
				redis.call('HINCRBY', e.key, 'deaths', 1)
			end
			redis.call('HSET', e.key, 'msg', redis.call('XADD', q.ready, '*', 'id', id))
		end
	end
end
