-- One client with a cookie jar on all connections of a wrk thread. Every response is checked, and a cookie that the
-- gateway renews replaces the old one. Arguments are NAME=VALUE, as wrk.py has them; the last line printed is one JSON
-- object.

checked, changed, wrong_size, no_cookie = 0, 0, 0, 0

local given = {}
local prepared
local threads = {}

local function prepare(cookie)
  wrk.headers["Cookie"] = cookie
  prepared = wrk.format()
end

function setup(thread)
  table.insert(threads, thread)
end

function init(arguments)
  for _, argument in ipairs(arguments) do
    local name, value = argument:match("^([^=]+)=(.*)$")
    given[name] = value
  end
  given.response_bytes = tonumber(given.response_bytes)
  if given.post_bytes then
    wrk.method = "POST"
    wrk.body = string.rep("x", tonumber(given.post_bytes))
  end
  if given.close then
    wrk.headers["Connection"] = "close"
  end
  prepare(given.cookie)
end

function request()
  return prepared
end

function response(status, headers, body)
  checked = checked + 1
  local backend = body:match("^[^\n]*")
  if given.backend and backend ~= given.backend then
    changed = changed + 1
  end
  if #body ~= (given.response_bytes or #backend + 1) then
    wrong_size = wrong_size + 1
  end
  local set_cookie = headers["Set-Cookie"] or headers["set-cookie"]
  if given.must_set_cookie and not set_cookie then
    no_cookie = no_cookie + 1
  end
  if given.cookie and set_cookie then
    prepare(set_cookie:match("^[^;]+"))
  end
end

function done(summary)
  local function all(name)
    local sum = 0
    for _, thread in ipairs(threads) do
      sum = sum + thread:get(name)
    end
    return sum
  end
  local errors = summary.errors
  io.write(string.format(
    '{"requests":%d,"seconds":%.6f,"checked":%d,"changed backend":%d,"wrong size":%d,"no cookie":%d,'
      .. '"connect errors":%d,"read errors":%d,"write errors":%d,"status errors":%d,"timeouts":%d}\n',
    summary.requests, summary.duration / 1e6, all("checked"), all("changed"), all("wrong_size"), all("no_cookie"),
    errors.connect, errors.read, errors.write, errors.status, errors.timeout))
end
