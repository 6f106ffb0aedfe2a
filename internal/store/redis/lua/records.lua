-- Records, for the scripts that change them. In these scripts KEYS[2] is expiry and KEYS[3] is indexes.

-- reindex makes keys, each of which is there once, the only sorted sets in which the record is found under its id.
-- Why: indexes remembers them beside the record, because the record may have expired by then.
local function reindex(record, id, keys)
	local packed = redis.call('HGET', KEYS[3], record)
	local fresh = #keys > 0 and cmsgpack.pack({id, keys})
	if fresh == packed then return end
	local new = {}
	for _, key in ipairs(keys) do new[key] = true end
	local old = packed and cmsgpack.unpack(packed)[2] or {}
	for _, key in ipairs(old) do
		if new[key] then new[key] = nil else redis.call('ZREM', key, id) end
	end
	for key in pairs(new) do redis.call('ZADD', key, 0, id) end
	if fresh then
		redis.call('HSET', KEYS[3], record, fresh)
	else
		redis.call('HDEL', KEYS[3], record)
	end
end

-- erase removes a record with its index entries.
local function erase(record)
	local packed = redis.call('HGET', KEYS[3], record)
	if packed then reindex(record, cmsgpack.unpack(packed)[1], {}) end
	redis.call('DEL', record)
	redis.call('ZREM', KEYS[2], record)
end
