-- List reads a part of an index.
-- KEYS     1 meta, 2 the sorted set of the index entry
-- ARGV     stem of the records' keys, first bound, last bound, "newest" or "", how many entries to look at
-- Returns  how many it looked at, the last id of these, then id, version and data of each record that has not expired
-- Why      the entries of expired records are still there, so a page may need more than one call; each one is bounded.

local stem, from, to, order, limit = unpack(ARGV)
local ids
if order == 'newest' then
	ids = redis.call('ZREVRANGEBYLEX', KEYS[2], to, from, 'LIMIT', 0, limit)
else
	ids = redis.call('ZRANGEBYLEX', KEYS[2], from, to, 'LIMIT', 0, limit)
end
local found = {#ids, ids[#ids] or ''}
for _, id in ipairs(ids) do
	local f = redis.call('HMGET', stem .. id, 'version', 'expires', 'data')
	if f[1] and tonumber(f[2]) > now then
		for _, part in ipairs({id, tonumber(f[1]), f[3]}) do table.insert(found, part) end
	end
end
return found
