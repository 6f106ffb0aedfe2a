-- Locks, for the scripts that change holds, lines or claims. DESIGN.md tells what is in the keys.
-- An owner is the key of an entry, or "hand:" and a person. Three hashes keep packed values: holds a list of {owner, queue, id, fence, note,
-- since, ends} for each name, where ends is that of a hold by hand; lines a list of {owner, ticket, limit} for each name, in the order of the
-- tickets; askers {q, id, held, line, ticket} for each entry that has or waits for something: its queue, and names.

-- locks are the keys of all that. Each script says where they begin in KEYS.
local locks
local function locks_from(n)
	locks = {holds = KEYS[n], names = KEYS[n + 1], hands = KEYS[n + 2], lines = KEYS[n + 3], askers = KEYS[n + 4]}
end

-- freed are the names whose lines are to be looked at before the script ends.
local freed = {}
local function free(name) freed[name] = true end

-- call_many gives a command any number of arguments, some at a time: Lua passes 8000 at the most.
local function call_many(command, key, args)
	for from = 1, #args, 2000 do redis.call(command, key, unpack(args, from, math.min(from + 1999, #args))) end
end

-- read_many returns what is under the names, by name, where there is something.
local function read_many(key, names)
	local all = {}
	for from = 1, #names, 2000 do
		local values = redis.call('HMGET', key, unpack(names, from, math.min(from + 1999, #names)))
		for n, packed in ipairs(values) do
			if packed then all[names[from + n - 1]] = cmsgpack.unpack(packed) end
		end
	end
	return all
end

-- write_many puts lists under their names, removes those that are empty and returns their names.
local function write_many(key, lists)
	local full, empty = {}, {}
	for name, list in pairs(lists) do
		if #list > 0 then
			table.insert(full, name)
			table.insert(full, cmsgpack.pack(list))
		else
			table.insert(empty, name)
		end
	end
	call_many('HSET', key, full)
	call_many('HDEL', key, empty)
	return empty
end

local function write_holds(lists) call_many('ZREM', locks.names, write_many(locks.holds, lists)) end

local function read_asker(owner)
	local packed = redis.call('HGET', locks.askers, owner)
	return packed and cmsgpack.unpack(packed)
end

local function write_asker(owner, a)
	if #a.held > 0 or #a.line > 0 then
		redis.call('HSET', locks.askers, owner, cmsgpack.pack(a))
	else
		redis.call('HDEL', locks.askers, owner)
	end
end

-- lease returns fence and end of the claim on an entry. Each is read once: leases do not change while a script asks for this.
local leases = {}
local function lease(owner)
	if not leases[owner] then
		local f = redis.call('HMGET', owner, 'fence', 'due')
		leases[owner] = {fence = f[1], ends = tonumber(f[2]), there = f[2]}
	end
	return leases[owner]
end

local function ends(h) return h.queue == '' and h.ends or lease(h.owner).ends or 0 end

-- counts tells whether a hold is one still.
local function counts(h) return ends(h) > now and (h.queue == '' or lease(h.owner).fence == h.fence) end

-- without returns the lists at the names that an owner is in, without it.
local function without(owner, key, names)
	local changed = {}
	for name, list in pairs(read_many(key, names)) do
		local others = {}
		for _, x in ipairs(list) do
			if x.owner ~= owner then table.insert(others, x) end
		end
		if #others < #list then
			changed[name] = others
			free(name)
		end
	end
	return changed
end

local function give_back(owner, names) write_holds(without(owner, locks.holds, names)) end

local function leave(owner, names) write_many(locks.lines, without(owner, locks.lines, names)) end

-- give_up takes away what an entry holds and, if all is said, its turn in line.
local function give_up(owner, all)
	local a = read_asker(owner)
	if not a then return end -- mostly: this look is all that it costs
	give_back(owner, a.held)
	a.held = {}
	if all then
		leave(owner, a.line)
		a.line, a.ticket = {}, nil
	end
	write_asker(owner, a)
end

-- waiting returns the lines at the names. Whoever's entry was deleted by hand is dropped.
local function waiting(names)
	local lines, dead = read_many(locks.lines, names), {}
	for _, line in pairs(lines) do
		for _, w in ipairs(line) do
			if not lease(w.owner).there then dead[w.owner] = true end
		end
	end
	if not next(dead) then return lines end
	for owner in pairs(dead) do
		give_up(owner, true)
		leave(owner, names)
	end
	return read_many(locks.lines, names)
end

-- next_in_line adds to woken who could have a place now, for all that those before him want one too.
local function next_in_line(line, list, woken)
	local held = 0
	for _, h in ipairs(list) do
		if counts(h) then held = held + 1 end
	end
	for n, w in ipairs(line) do
		if held + n <= w.limit then woken[w.owner] = true end
	end
end

-- wake_lines ends a script: it makes due whoever can have one of the places given back.
local function wake_lines(channel)
	local woken, queues = {}, {}
	while next(freed) do -- once more when somebody is dropped by it
		local names, lined = {}, {}
		for name in pairs(freed) do table.insert(names, name) end
		freed = {}
		local lines = waiting(names)
		for name in pairs(lines) do table.insert(lined, name) end
		local holds = read_many(locks.holds, lined)
		for name, line in pairs(lines) do next_in_line(line, holds[name] or {}, woken) end
	end
	for owner in pairs(woken) do
		local a = read_asker(owner)
		if a then -- it may have been dropped by now
			enqueue(a.q, a.id, now)
			queues[a.q.wake] = a.q
		end
	end
	for wake, q in pairs(queues) do
		fire(q)
		redis.call('PUBLISH', channel, wake)
	end
end
