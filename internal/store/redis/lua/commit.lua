-- Commit applies one batch.
-- KEYS     1 meta, 2 expiry, 3 indexes, 4 heads, 5 holds, 6 names, 7 hands, 8 lines, 9 askers, then streams, sorted sets, records and index
--          entries: ARGV names them by number.
-- ARGV     the channel of the bus, then seven lists, each after its length:
--          queues    stream, sorted set, stem of the entries, message that wakes its waiters
--          claims    use (guard, finish or release), number of the queue, id, fence, delay in ms
--          enqueue   number of the queue, id, delay in ms
--          remove    number of the queue, id
--          records   record, version it must have (-1: any), then "delete" or "put", id, life in ms, data, list of index entries
--          lines     log, stem of its records, version of the form, SHA-256 of the data, life in ms, data, list of index entries
--          notices   message
-- Returns  {0, 0} applied; {1, n} claim n is not the current one; {2, n} record n has another version
-- Why      one script is one atomic step. All is read and checked before the first write; no write below fails for what is
--          in the batch, and Redis refuses for lack of memory only at the first write of a script.

locks_from(5)
local at = 0
local function arg()
	at = at + 1
	return ARGV[at]
end
local function list(read)
	local all = {}
	for n = 1, tonumber(arg()) do all[n] = read() end
	return all
end
local function key() return KEYS[tonumber(arg())] end

local channel = arg()
local queues = list(function() return {ready = key(), timers = key(), entry = arg(), wake = arg()} end)
local function queue() return queues[tonumber(arg())] end
local claims = list(function() return {use = arg(), q = queue(), id = arg(), fence = arg(), delay = tonumber(arg())} end)
local added = list(function() return {q = queue(), id = arg(), delay = tonumber(arg())} end)
local removed = list(function() return {q = queue(), id = arg()} end)
local records = list(function()
	local r = {key = key(), cond = tonumber(arg()), put = arg() == 'put'}
	if r.put then r.id, r.life, r.data, r.index = arg(), tonumber(arg()), arg(), list(key) end
	return r
end)
local lines = list(function()
	return {log = arg(), stem = arg(), v = arg(), digest = arg(), life = tonumber(arg()), data = arg(), index = list(key)}
end)
local notices = list(arg)

for n, c in ipairs(claims) do
	c.entry = current(c.q, c.id, c.fence)
	if not c.entry then return {1, n} end
end
for n, r in ipairs(records) do
	r.version = version(r.key)
	if r.cond ~= -1 and r.cond ~= r.version then return {2, n} end
end

keep_time()
for _, r in ipairs(records) do
	if r.put then put(r) else erase(r.key) end
end
for _, line in ipairs(lines) do append(KEYS[4], line) end
for _, c in ipairs(claims) do
	local again = c.entry.again
	if c.use == 'release' then
		anew(c.q, c.entry, math.min(now + c.delay, again or math.huge))
		c.q.got = true
	elseif c.use == 'finish' and again then
		anew(c.q, c.entry, again)
		c.q.got = true
	elseif c.use == 'finish' then
		remove(c.q, c.entry)
	end
	if c.use ~= 'guard' then give_up(c.entry.key, c.use == 'finish') end
end
for _, e in ipairs(added) do
	enqueue(e.q, e.id, now + e.delay)
	e.q.got = true
end
for _, e in ipairs(removed) do
	local entry = find(e.q, e.id)
	if entry then remove(e.q, entry) end
	give_up(e.q.entry .. e.id, true)
end
for _, q in ipairs(queues) do
	if q.got then
		fire(q)
		redis.call('PUBLISH', channel, q.wake)
	end
end
wake_lines(channel)
for _, message in ipairs(notices) do redis.call('PUBLISH', channel, message) end
return {0, 0}
