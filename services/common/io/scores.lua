#!lua name=chiso_scores_@VERSION@
-- The cache of scores and ranks (proto/README.md, "Scores and ranks"). Several aggregators may write it, each its own
-- provinces: a hash never goes back to an older commit, and a ranking is made of what all hashes hold at one moment.

local CHUNK = 4000
-- From here on a sorted set's numbers are not exact.
local EXACT = 9007199254740992

local function is_older(key, seq)
    local found = redis.call('HGET', key, 'seq')
    return found and tonumber(found) > tonumber(seq) and found
end

-- KEYS: a province's hash of one period. ARGV: seq, as_of, which fields are replaced ("all", "indices", "pillars"),
-- then fields and texts. Replies {"ok", index, …} with the indices whose scores are not what they were, or {"newer", seq}.
local function refresh(keys, argv)
    local key, scope = keys[1], argv[3]
    if #argv < 3 or #argv % 2 == 0 then
        return redis.error_reply('ARGS the call is cut short')
    end
    local newer = is_older(key, argv[1])
    if newer then
        return {'newer', newer}
    end
    local old, new, changed, left = {}, {}, {}, #argv > 3
    local flat = redis.call('HGETALL', key)
    for i = 1, #flat, 2 do
        old[flat[i]] = flat[i + 1]
    end
    local function note(field)
        local index = string.match(field, '|(.*)$')
        if index and not string.find(index, ':', 1, true) then
            changed[index] = true
        end
    end
    for i = 4, #argv, 2 do
        new[argv[i]] = true
        if old[argv[i]] ~= argv[i + 1] then
            note(argv[i])
            redis.call('HSET', key, argv[i], argv[i + 1])
        end
    end
    for field in pairs(old) do
        local pillar = string.find(field, '|pillar:', 1, true) and true or false
        if field == 'seq' or field == 'as_of' or new[field] then
            -- stays
        elseif scope == 'all' or pillar == (scope == 'pillars') then
            note(field)
            redis.call('HDEL', key, field)
        else
            left = true
        end
    end
    if left then
        redis.call('HSET', key, 'seq', argv[1])
        if scope ~= 'indices' or not old['as_of'] then
            redis.call('HSET', key, 'as_of', argv[2])
        end
    else
        redis.call('UNLINK', key)
    end
    local reply = {'ok'}
    for index in pairs(changed) do
        reply[#reply + 1] = index
    end
    return reply
end

-- KEYS: the province's own hash about its cache. ARGV: seq, as_of, catalogue.
local function finish(keys, argv)
    local newer = is_older(keys[1], argv[1])
    if newer then
        return {'newer', newer}
    end
    redis.call('HSET', keys[1], 'seq', argv[1], 'as_of', argv[2], 'catalogue', argv[3])
    return {'ok'}
end

-- KEYS: the ranking, then provinces' hashes. ARGV: the index, then for each hash a counted group of its units.
-- Replies {"ok", how many are ranked}; without a ranking where a score is not known here or would not be exact.
local function rank(keys, argv)
    local at, list, whole = 2, {}, true
    for k = 2, #keys do
        local count = tonumber(argv[at])
        for first = at + 1, at + count, CHUNK do
            local fields, last = {}, math.min(first + CHUNK - 1, at + count)
            for i = first, last do
                fields[#fields + 1] = argv[i] .. '|' .. argv[1]
            end
            local texts = redis.call('HMGET', keys[k], unpack(fields))
            for i = first, last do
                local text = texts[i - first + 1]
                if text then
                    local state, value = string.match(text, '^(%S+) %S+ %S+ %S+ (%S+)')
                    local number = value and value ~= '-' and tonumber((string.gsub(value, '%.', '')))
                    if number and math.abs(number) < EXACT then
                        list[#list + 1] = string.format('%d', number)
                        list[#list + 1] = argv[i]
                    elseif number or state == 'elsewhere' then
                        whole = false
                    end
                end
            end
        end
        at = at + count + 1
    end
    redis.call('UNLINK', keys[1])
    if not whole then
        return {'ok', 0}
    end
    for first = 1, #list, CHUNK do
        redis.call('ZADD', keys[1], unpack(list, first, math.min(first + CHUNK - 1, #list)))
    end
    return {'ok', #list / 2}
end

redis.register_function('chiso_scores_@VERSION@', refresh)
redis.register_function('chiso_scores_done_@VERSION@', finish)
redis.register_function('chiso_rank_@VERSION@', rank)
