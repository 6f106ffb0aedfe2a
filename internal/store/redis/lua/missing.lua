-- Missing tells which entries are not there or can never be claimed.
-- KEYS     1 meta, 2 stream, 3 sorted set
-- ARGV     stem of the entries, then ids
-- Returns  the numbers of the ids that are missing
-- Why      an entry that nobody has must be on the stream or wait in the sorted set; people may have deleted it there.

local q = {ready = KEYS[2], timers = KEYS[3], entry = ARGV[1]}
local missing = {}
for n = 2, #ARGV do
	local e = find(q, ARGV[n])
	if not e or not (e.fence and e.due > now or queued(q, e)) then table.insert(missing, n - 1) end
end
return missing
