// SPDX-License-Identifier: MIT
// Asio: steady_timer on an io_context that one thread runs.
#include <config.h>

#include <chrono>
#include <deque>
#include <thread>

#include <asio/executor_work_guard.hpp>
#include <asio/io_context.hpp>
#include <asio/steady_timer.hpp>
#include <asio/version.hpp>

#include "peer.h"
#include "peer_object.hh"

extern "C" {
const char bench_system[] = "asio";
const char bench_version[] = { '0' + ASIO_VERSION / 100000, '.',
	'0' + ASIO_VERSION / 1000 % 10, '0' + ASIO_VERSION / 100 % 10, '.',
	'0' + ASIO_VERSION % 10, '\0' };
const char bench_traits[] = "";
}

#define HAS_TIMERS 1
class peer_timers {
public:
	peer_timers(size_t n, void (*fired)(size_t))
	    : fired_(fired)
	    , work_(asio::make_work_guard(context_))
	{
		for (size_t i = 0; i < n; i++)
			timers_.emplace_back(context_);
		thread_ = std::thread([this] { context_.run(); });
	}

	~peer_timers()
	{
		context_.stop();
		thread_.join();
	}

	// cancel has been called, or nothing was armed.
	void
	arm(size_t i, int64_t when)
	{
		timers_[i].expires_at(std::chrono::steady_clock::time_point(
		    std::chrono::nanoseconds(when)));
		timers_[i].async_wait([this, i](const asio::error_code &error) {
			if (!error)
				fired_(i);
		});
	}

	void
	cancel(size_t i)
	{
		timers_[i].cancel();
	}

private:
	void (*fired_)(size_t);
	asio::io_context context_;
	asio::executor_work_guard<asio::io_context::executor_type> work_;
	std::deque<asio::steady_timer> timers_;
	std::thread thread_;
};

static inline peer_timers *
peer_timers_new(bench_run *, size_t n, void (*fired)(size_t))
{
	return object_new<peer_timers>(n, fired);
}

static inline void
peer_timers_delete(peer_timers *t)
{
	object_delete(t);
}

static inline void
peer_timers_arm(peer_timers *t, size_t i, int64_t when)
{
	t->arm(i, when);
}

static inline void
peer_timers_cancel(peer_timers *t, size_t i)
{
	t->cancel(i);
}

#include "cases.h"
