-- Stray tells of keys that nothing would ever take away.
-- ARGV     how all keys of Petrel begin, then the queues that somebody empties
-- Returns  a line for each
-- Why      what a fault leaves behind is found by nobody else: it does no harm until Redis is full. In one script nothing changes meanwhile.

local tag, queues, stray, count = ARGV[1], {}, {}, 0
for n = 2, #ARGV do queues[ARGV[n]] = true end

local function report(key, why)
	count = count + 1
	if count <= 100 then table.insert(stray, key .. ': ' .. why) end
end

-- after returns what follows in a key, or nil.
local function after(key, start)
	if key:sub(1, #start) == start then return key:sub(#start + 1) end
end

local function plain(part) return (part:gsub('%%3A', ':'):gsub('%%25', '%%')) end

local function rows(key)
	local list, flat = {}, redis.call('HGETALL', key)
	for n = 1, #flat, 2 do list[flat[n]] = flat[n + 1] end
	return list
end

local function exists(key) return redis.call('EXISTS', key) == 1 end

-- known are the index entries that Sweep will find, because it finds their records.
local known = {}
for record, packed in pairs(rows(tag .. ':indexes')) do
	local id, keys = unpack(cmsgpack.unpack(packed))
	for _, key in ipairs(keys) do known[key .. '\0' .. id] = true end
	if not redis.call('ZSCORE', tag .. ':expiry', record) then report(record, 'its index entries are kept, and Sweep does not know it') end
end

-- What takes a key away is told by the first word of its name. These have no look of their own: meta and heads stay, with a field for each thing that
-- the store counts and for each log; indexes and expiry lose their entries with the records; of hands each has its end in it, where Sweep finds it.
local kinds = {meta = true, heads = true, indexes = true, expiry = true, hands = true}

local function member(key, list, id, why)
	if not list[id] then report(key, why .. ' ' .. id) end
end

local checks = {}

-- The janitor sweeps records, and the index entries with them.
checks.index = function(key)
	for _, id in ipairs(redis.call('ZRANGE', key, 0, -1)) do
		member(key, known, key .. '\0' .. id, 'no record leads to the entry')
	end
end

-- An entry goes when it is worked off: somebody must empty its queue, and it must lie where that one looks.
checks.entry = function(key, rest)
	local queue, id = rest:match('^([^:]*):(.*)$')
	queue = plain(queue)
	member(key, queues, queue, 'nobody empties the queue')
	local timers, ready = tag .. ':timers:' .. queue, tag .. ':ready:' .. queue
	local msg = redis.call('HGET', key, 'msg')
	local lies = redis.call('ZSCORE', timers, id) or msg and #redis.call('XRANGE', ready, msg, msg) > 0
	if not lies then report(key, 'it is neither due at any time nor on the stream') end
end

checks.timers = function(key, queue) member(key, queues, queue, 'nobody empties the queue') end

-- The empty stream of a queue stays.
checks.ready = checks.timers

-- Places are given back by the entry that has them, or by Sweep where they are held by hand.
checks.askers = function(key)
	for owner in pairs(rows(key)) do
		if not exists(owner) then report(key, 'there is no entry ' .. owner) end
	end
end

checks.holds = function(key)
	local askers, hands = tag .. ':askers', {}
	for _, packed in ipairs(redis.call('ZRANGE', tag .. ':hands', 0, -1)) do
		local owner, name = unpack(cmsgpack.unpack(packed))
		hands[owner .. '\0' .. name] = true
	end
	for name, packed in pairs(rows(key)) do
		if not redis.call('ZSCORE', tag .. ':names', name) then report(key, 'the list of names lacks ' .. name) end
		for _, h in ipairs(cmsgpack.unpack(packed)) do
			if not hands[h.owner .. '\0' .. name] and redis.call('HEXISTS', askers, h.owner) == 0 then
				report(key, name .. ' is held by ' .. h.owner .. ', which is not there')
			end
		end
	end
end

checks.lines = function(key)
	for name, packed in pairs(rows(key)) do
		for _, w in ipairs(cmsgpack.unpack(packed)) do
			if redis.call('HEXISTS', tag .. ':askers', w.owner) == 0 then report(key, w.owner .. ' waits for ' .. name .. ' and is not there') end
		end
	end
end

checks.names = function(key)
	for _, name in ipairs(redis.call('ZRANGE', key, 0, -1)) do
		if redis.call('HEXISTS', tag .. ':holds', name) == 0 then report(key, 'nobody holds ' .. name) end
	end
end

for _, key in ipairs(redis.call('KEYS', '*')) do
	local rest = after(key, tag)
	local special = rest and after(rest, ':')
	if not rest then
		report(key, 'it is not a key of Petrel')
	elseif special then
		local kind, name = special:match('^([^:]*):?(.*)$')
		if checks[kind] then
			checks[kind](key, name)
		elseif not kinds[kind] then
			report(key, 'nobody knows what takes it away')
		end
	elseif redis.call('PTTL', key) < 0 then
		report(key, 'it is a record without an expiry')
	elseif not redis.call('ZSCORE', tag .. ':expiry', key) then
		report(key, 'it is a record that Sweep does not know')
	end
end
if count > #stray then table.insert(stray, string.format('and %d more', count - #stray)) end
return stray
