-- Asks cloakroom whether a request may pass. Printed by `cloakroom snippet haproxy --lua`.
--
--     http-request lua.cloakroom QUESTION SCHEME AUTHORITY
--
-- QUESTION is the URL of the gateway's /_cloakroom/verify/haproxy, SCHEME and AUTHORITY are the application's origin. Sets
-- txn.cloakroom_passes to "yes" when the request may pass; otherwise it answers the request itself.

-- Milliseconds that the gateway has for its answer.
local PATIENCE = 3000

-- What the application is told of who is there. A client's own fields of these names are overwritten, never kept.
local IDENTITY = {
    "Remote-User", "Remote-Groups", "Remote-Name", "Remote-Email",
    "X-Cloakroom-Session", "X-Cloakroom-Aal", "X-Cloakroom-Auth-Time", "X-Cloakroom-Jwt",
    "X-Auth-Request-User", "X-Auth-Request-Email", "X-Auth-Request-Groups",
}

-- What the gateway decides by; it is told nothing else. A beginning ends with a hyphen.
local ASKED = {
    "accept", "access-control-request-method", "authorization", "cookie", "origin", "referer", "sec-fetch-",
    "sec-websocket-key", "upgrade", "user-agent", "x-requested-with",
}

-- Fields of an answer that concern its connection alone.
local OF_THE_CONNECTION = {
    ["connection"] = true, ["content-length"] = true, ["date"] = true, ["keep-alive"] = true,
    ["proxy-connection"] = true, ["te"] = true, ["trailer"] = true, ["transfer-encoding"] = true, ["upgrade"] = true,
}

-- HAProxy's lists begin at 0, and Lua's at 1.
local function values_of(list)
    local values = {}
    local at = 0
    while list and list[at] ~= nil do
        values[#values + 1] = list[at]
        at = at + 1
    end
    return values
end

local function is_asked(name)
    for _, asked in ipairs(ASKED) do
        if name == asked or (asked:sub(-1) == "-" and name:sub(1, #asked) == asked) then
            return true
        end
    end
    return false
end

local function question(txn, scheme, authority)
    local fields = {}
    for name, list in pairs(txn.http:req_get_headers()) do
        if is_asked(name) then
            fields[name] = values_of(list)
        end
    end
    if fields["cookie"] then
        -- Several lines are one list, which "; " separates and never a comma (RFC 6265, 5.4).
        fields["cookie"] = { table.concat(fields["cookie"], "; ") }
    end
    fields["x-forwarded-for"] = { txn.f:src() }
    fields["x-forwarded-proto"] = { scheme }
    fields["x-forwarded-host"] = { authority }
    fields["x-forwarded-method"] = { txn.f:method() }
    fields["x-forwarded-uri"] = { txn.f:pathq() }
    return fields
end

local function pass(txn, said)
    for _, name in ipairs(IDENTITY) do
        txn.http:req_set_header(name, values_of(said[name:lower()])[1] or "")
    end
    local cookie = values_of(said["cookie"])[1]
    if cookie and cookie ~= "" then
        txn.http:req_set_header("Cookie", cookie)
    else
        txn.http:req_del_header("Cookie")
    end
    txn:set_var("txn.cloakroom_passes", "yes")
end

local function refuse(txn, answer)
    local status = answer and answer.status or 503
    if status < 300 or status >= 500 then
        status = 503
    end
    local reply = txn:reply({ status = status })
    for name, list in pairs(answer and answer.headers or {}) do
        if not OF_THE_CONNECTION[name] then
            for _, value in ipairs(values_of(list)) do
                reply:add_header(name, value)
            end
        end
    end
    if answer and answer.body and #answer.body > 0 then
        reply:set_body(answer.body)
    end
    txn:done(reply)
end

core.register_action("cloakroom", { "http-req" }, function(txn, url, scheme, authority)
    local answer = core.httpclient():get({
        url = url,
        headers = question(txn, scheme, authority),
        timeout = PATIENCE,
    })
    if answer and answer.status == 200 then
        pass(txn, answer.headers)
    else
        refuse(txn, answer)
    end
end, 3)
