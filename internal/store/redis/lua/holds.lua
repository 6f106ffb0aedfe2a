-- Holds tells who holds what.
-- KEYS     1 meta, 2 holds, 3 names, 4 hands, 5 lines, 6 askers
-- ARGV     first bound, last bound, how many names to look at
-- Returns  how many it looked at, the last name of these, then name, queue, id, fence, note, begin and end of each hold that counts
-- Why      a hold whose lease has ended is still there until somebody asks for the place, so a page may need more than one call.

locks_from(2)
local names = redis.call('ZRANGEBYLEX', locks.names, ARGV[1], ARGV[2], 'LIMIT', 0, ARGV[3])
local holds, found = read_many(locks.holds, names), {#names, names[#names] or ''}
for _, name in ipairs(names) do
	local list = holds[name] or {}
	table.sort(list, function(a, b) return tonumber(a.fence) < tonumber(b.fence) end)
	for _, h in ipairs(list) do
		if counts(h) then
			for _, part in ipairs({name, h.queue, h.id, tonumber(h.fence), h.note, h.since, ends(h)}) do table.insert(found, part) end
		end
	end
end
return found
