-- Acquire takes places, all or none.
-- KEYS     1 meta, 2 holds, 3 names, 4 hands, 5 lines, 6 askers; for a claim 7 its queue's stream, 8 its sorted set
-- ARGV     channel of the bus, queue ("" by hand), id, fence, ms that a hold by hand lasts, note, 1 to wait, stem of the entries, message that
--          wakes the queue's waiters, then name and limit of each place
-- Returns  {1} the claim is not the current one; else {0} and of each place that cannot be had: name, how many are ahead, and the queue, id,
--          fence, note, begin and end of one hold, its fence 0 when only the line is in the way
-- Why      one script: nobody takes a place between the look and the taking. The lists by name are packed in three hashes, so ten thousand places
--          need no keys of their own.

locks_from(2)
local channel, queue, id, fence, keep, note, wait = unpack(ARGV, 1, 7)
local by_hand, owner = queue == '', 'hand:' .. id
local q = {ready = KEYS[7], timers = KEYS[8], entry = ARGV[8], wake = ARGV[9]}
if not by_hand then
	owner = q.entry .. id
	if not current(q, id, fence) then return {1} end
end
keep_time()

local names, limits = {}, {}
for n = 10, #ARGV, 2 do
	table.insert(names, ARGV[n])
	limits[ARGV[n]] = tonumber(ARGV[n + 1])
end

-- settle gives back what is not asked for any more, and returns what the asker has, with its turn if it waits for these places already.
local function settle()
	local me = read_asker(owner) or {q = q, id = id, held = {}, line = {}}
	local kept, rest, same = {}, {}, #me.line == #names
	for _, name in ipairs(me.held) do table.insert(limits[name] and kept or rest, name) end
	for _, name in ipairs(me.line) do same = same and limits[name] end
	give_back(owner, rest)
	me.held = kept
	if not same then
		leave(owner, me.line)
		me.line, me.ticket = {}, nil
	end
	return me
end
local me = by_hand and {held = {}, line = {}} or settle()
local holds, lines, answer, ended = read_many(locks.holds, names), waiting(names), {0}, {}

-- look adds a place to the answer if it cannot be had. Holds that have ended are dropped.
local function look(name)
	local list, others, ahead = {}, {}, 0
	for _, h in ipairs(holds[name] or {}) do
		if counts(h) then
			table.insert(list, h)
			if h.owner ~= owner then table.insert(others, h) end
		else
			ended[name] = list
			free(name)
		end
	end
	holds[name] = list
	for _, w in ipairs(lines[name] or {}) do
		if w.ticket < (me.ticket or math.huge) then ahead = ahead + 1 end
	end
	if #others + ahead < limits[name] then return end
	local h = {queue = '', id = '', fence = 0, note = '', since = 0, ends = 0}
	if #others >= limits[name] then
		table.sort(others, function(a, b) return tonumber(a.fence) < tonumber(b.fence) end)
		h = others[1]
	end
	for _, part in ipairs({name, ahead, h.queue, h.id, tonumber(h.fence), h.note, h.since, h.fence == 0 and 0 or ends(h)}) do
		table.insert(answer, part)
	end
end

-- find_or_add returns what the owner has in a list.
local function find_or_add(list, fresh)
	for _, x in ipairs(list) do
		if x.owner == owner then return x end
	end
	table.insert(list, fresh)
	return fresh
end

local function take_all()
	if by_hand then fence = next_fence() end
	local new, hands = {}, {}
	for _, name in ipairs(names) do
		local h = find_or_add(holds[name], {owner = owner, queue = queue, id = id, fence = fence, since = now})
		h.note = note
		table.insert(new, 0)
		table.insert(new, name)
		if by_hand then
			h.ends = now + tonumber(keep)
			table.insert(hands, h.ends)
			table.insert(hands, cmsgpack.pack({owner, name}))
		end
	end
	write_holds(holds)
	call_many('ZADD', locks.names, new)
	call_many('ZADD', locks.hands, hands)
	if by_hand then return end
	leave(owner, me.line)
	me.held, me.line, me.ticket = names, {}, nil
end

local function stand()
	me.ticket = me.ticket or redis.call('HINCRBY', KEYS[1], 'ticket', 1)
	me.line = names
	for _, name in ipairs(names) do
		lines[name] = lines[name] or {}
		find_or_add(lines[name], {owner = owner, ticket = me.ticket}).limit = limits[name]
	end
	write_many(locks.lines, lines)
end

for _, name in ipairs(names) do look(name) end
write_holds(ended)
if #answer == 1 then
	take_all()
elseif wait == '1' then
	stand()
end
if not by_hand then write_asker(owner, me) end
wake_lines(channel)
return answer
