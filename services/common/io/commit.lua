#!lua name=chiso_commit_@VERSION@
-- One commit of one province (proto/README.md, "Commit"). Compares the head with what the caller computed from, then writes
-- absolute values. Everything that can fail is looked at before the first write: Redis does not roll back.
--
-- KEYS: head, periods, journal, ledger, quarantine, then keys to delete, then hashes to write.
-- ARGV: expected seq, expected id of the last commit, new catalogue, commit id, time, then counted groups:
--   head pairs, periods, ledger pairs, journal pairs, quarantine entries (each a counted group of pairs),
--   the number of keys to delete, and for each remaining key its counted pairs.
-- Replies {"ok", seq} or {"conflict", seq, id}.

-- Lua's stack takes some 8,000 values in a call.
local CHUNK = 4000

local function commit(keys, argv)
    local at = 6
    local function group()
        local count = tonumber(argv[at])
        if not count or at + count > #argv then
            return nil
        end
        local first = at + 1
        at = first + count
        return {first = first, last = first + count - 1}
    end

    -- Read: nothing is written until all groups are known to be whole and all types to fit.
    local head_pairs, periods, ledger, journal = group(), group(), group(), group()
    local entries = tonumber(argv[at])
    if not (head_pairs and periods and ledger and journal and entries) then
        return redis.error_reply('ARGS the call is cut short')
    end
    at = at + 1
    local quarantine = {}
    for i = 1, entries do
        quarantine[i] = group()
        if not quarantine[i] then
            return redis.error_reply('ARGS the call is cut short')
        end
    end
    local deletions = tonumber(argv[at])
    if not deletions or 5 + deletions > #keys then
        return redis.error_reply('ARGS the call is cut short')
    end
    at = at + 1
    local hashes = {}
    for i = 6 + deletions, #keys do
        hashes[i] = group()
        if not hashes[i] then
            return redis.error_reply('ARGS the call is cut short')
        end
    end
    -- One XADD takes its fields in one call, and Lua's stack is finite.
    if journal.last - journal.first >= 2 * CHUNK - 400 then
        return redis.error_reply('ARGS the journal entry has too many fields')
    end
    if at ~= #argv + 1 then
        return redis.error_reply('ARGS the call has ' .. (#argv + 1 - at) .. ' values too many')
    end

    local seq = redis.call('HGET', keys[1], 'seq') or '0'
    local id = redis.call('HGET', keys[1], 'commit_id') or ''
    if seq ~= argv[1] or id ~= argv[2] then
        return {'conflict', seq, id}
    end
    local wanted = {'hash', 'set', 'stream', 'hash', 'stream'}
    for i = 1, #keys do
        -- Most are hashes, and HLEN costs half of TYPE.
        if i <= 5 or type(redis.pcall('HLEN', keys[i])) ~= 'number' then
            local found = redis.call('TYPE', keys[i]).ok
            if found ~= 'none' and found ~= (wanted[i] or 'hash') then
                return redis.error_reply('TYPE ' .. keys[i] .. ' is a ' .. found)
            end
        end
    end
    local next_seq = string.format('%d', tonumber(seq) + 1)
    -- The journal takes no number below its highest, though somebody may have set the head back or taken entries
    -- away: so it comes first.
    local added = redis.pcall('XADD', keys[3], next_seq .. '-0', unpack(argv, journal.first, journal.last))
    if type(added) == 'table' and added.err then
        return redis.error_reply('JOURNAL takes no entry ' .. next_seq .. ': ' .. added.err)
    end

    -- None of these can fail any more.
    for i = 6, 5 + deletions do
        redis.call('UNLINK', keys[i])
    end
    local function write(command, key, range)
        for first = range.first, range.last, CHUNK do
            local last = math.min(first + CHUNK - 1, range.last)
            redis.call(command, key, unpack(argv, first, last))
        end
    end
    for i, range in pairs(hashes) do
        write('HSET', keys[i], range)
    end
    write('SADD', keys[2], periods)
    write('HSET', keys[4], ledger)
    for i = 1, entries do
        -- A stream whose numbers somebody has used up takes nothing: the figures do not depend on it.
        redis.pcall('XADD', keys[5], 'MAXLEN', '~', '10000', '*', unpack(argv, quarantine[i].first, quarantine[i].last))
    end
    redis.call('HSET', keys[1], 'seq', next_seq, 'commit_id', argv[4], 'catalogue', argv[3], 'time', argv[5])
    write('HSET', keys[1], head_pairs)
    return {'ok', next_seq}
end

redis.register_function('chiso_commit_@VERSION@', commit)
