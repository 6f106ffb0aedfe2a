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

-- version is what conditions see of a record: 0 where there is none.
local function version(key)
	local f = redis.call('HMGET', key, 'version', 'expires')
	return f[1] and tonumber(f[2]) > now and tonumber(f[1]) or 0
end

-- put writes a record {key, id, version, life, data, index}, where version is the one that it has.
local function put(r)
	redis.call('HSET', r.key, 'version', r.version + 1, 'expires', now + r.life, 'data', r.data)
	-- A minute more than its life: the store's time decides, Redis only gives the memory back.
	redis.call('PEXPIRE', r.key, r.life + 60000)
	redis.call('ZADD', KEYS[2], now + r.life, r.key)
	reindex(r.key, r.id, r.index)
end
