-- SPDX-License-Identifier: Apache-2.0
-- wrk: the pages of a list in turn, as somebody signed in; prints percentiles in microseconds.
local paths, cookie, at = {}, os.getenv("BENCH_COOKIE"), 0
for path in os.getenv("BENCH_PATHS"):gmatch("%S+") do paths[#paths + 1] = path end

function request()
	at = at % #paths + 1
	return wrk.format("GET", paths[at], { ["Cookie"] = cookie })
end

function done(summary, latency)
	local e = summary.errors
	io.write(string.format("RESULT %d %d %d %d %d\n", summary.requests, latency:percentile(50), latency:percentile(99),
		latency.max, e.connect + e.read + e.write + e.status + e.timeout))
end
