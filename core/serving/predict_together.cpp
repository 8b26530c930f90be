// SPDX-License-Identifier: GPL-3.0-or-later
// Requests that were there at the same time, answered by one call of the model.
#include "core/serving/batching.h"
#include "core/serving/scored.h"
#include "core/serving/server_impl.h"

namespace pilothouse::serving {

namespace {

/// false: one of them cannot be answered, and which one is not known. Each is then asked by itself, and gets its own words.
bool scoreAll(const LiveModel &model, const std::vector<Scored *> &all) {
    std::vector<const data::Rows *> parts;
    parts.reserve(all.size());
    for (const Scored *one : all)
        parts.push_back(&one->rows);
    try {
        const data::Rows rows = joined(parts);
        const auto answer = model.scorer->score(rows);
        if (!answer || answer->count != rows.count)
            return false;
        std::size_t first = 0;
        for (Scored *one : all) {
            one->answer = part(*answer, first, one->rows.count);
            first += one->rows.count;
        }
        return true;
    } catch (const std::exception &) {
        return false;
    }
}

} // namespace

void InferenceServer::Impl::handleTogether(std::span<const HeldRequest> all) {
    const SplitPtr split = control->split();
    if (!split->stable || split->canary || split->stable->together < 2) { // changed since they came
        for (const HeldRequest &one : all)
            predictNow(split, Protocol(one.reply->later - 1), *one.request, *one.reply);
        return;
    }
    const LiveModel &model = *split->stable;
    thread_local std::vector<Scored> scored;
    if (scored.size() < all.size())
        scored.resize(all.size());
    std::vector<bool> good(all.size(), false);
    std::vector<Scored *> group;
    std::vector<std::size_t> places;
    std::size_t rows = 0;
    const auto finish = [&] {
        const bool done = group.size() > 1 && scoreAll(model, group);
        if (done) {
            m_passes.fetch_add(1, std::memory_order_relaxed);
            m_passRequests.fetch_add(group.size(), std::memory_order_relaxed);
        }
        for (std::size_t i = 0; i < group.size(); ++i)
            good[places[i]] = done || scoreRows(model, *group[i]);
        group.clear();
        places.clear();
        rows = 0;
    };
    for (std::size_t i = 0; i < all.size(); ++i) {
        Scored &one = scored[i];
        one.error.reset();
        one.problem.reset();
        try {
            one.problem = model.reader.read(Protocol(all[i].reply->later - 1), all[i].request->body, one.rows, one.input);
        } catch (const std::exception &e) {
            one.error = internalError(e);
        }
        if (one.problem || one.error)
            continue;
        if (rows + one.rows.count > model.together)
            finish();
        group.push_back(&one);
        places.push_back(i);
        rows += one.rows.count;
    }
    finish();
    for (std::size_t i = 0; i < all.size(); ++i) {
        const auto protocol = Protocol(all[i].reply->later - 1);
        try {
            give(*split, split->stable, *all[i].request, scored[i], good[i], all[i].since, newRecord(protocol), *all[i].reply);
        } catch (const std::exception &e) {
            all[i].reply->clear();
            writeError(*all[i].reply, internalError(e));
        }
    }
}

} // namespace pilothouse::serving
