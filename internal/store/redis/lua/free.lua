-- Free takes a resource from whoever holds it by hand.
-- KEYS     1 meta, 2 holds, 3 names, 4 hands, 5 lines, 6 askers
-- ARGV     channel of the bus, name
-- Returns  how many had it
-- Why      what a claim holds is left alone: only its end may take that.

locks_from(2)
local channel, name = unpack(ARGV)
local had, left = 0, {}
for _, h in ipairs(read_many(locks.holds, {name})[name] or {}) do
	if h.queue == '' then
		if counts(h) then had = had + 1 end
		redis.call('ZREM', locks.hands, cmsgpack.pack({h.owner, name}))
		free(name)
	else
		table.insert(left, h)
	end
end
if freed[name] then
	write_holds({[name] = left})
	keep_time()
end
wake_lines(channel)
return had
