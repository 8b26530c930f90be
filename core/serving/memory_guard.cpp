// SPDX-License-Identifier: GPL-3.0-or-later
// The memory limit: looked at with every tick, since a look costs more than a prediction.
#include "core/serving/memory_guard.h"

#include "core/base/memory.h"
#include "core/serving/server_impl.h"

#include <QDirIterator>

#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace pilothouse::serving {

namespace {
constexpr int copiesOfAPackage = 2; ///< its file is read, and what is made of it is as large
} // namespace

qint64 InferenceServer::Impl::residentNow() const { return o.residentBytes ? o.residentBytes() : residentMemory(); }

void InferenceServer::Impl::watchMemory() {
    if (o.memoryBytes <= 0)
        return;
    qint64 now = residentNow();
    const bool before = m_memoryFull.load(std::memory_order_relaxed);
#ifdef __GLIBC__
    if (now > o.memoryBytes) { // what is free already is not the requests' fault
        ::malloc_trim(0);
        now = residentNow();
    }
#endif
    const bool full = before ? now > o.memoryBytes - o.memoryBytes / 20 : now > o.memoryBytes;
    if (full == before)
        return;
    m_memoryFull.store(full, std::memory_order_relaxed);
    if (o.report)
        o.report(full ? QStringLiteral("%1 of memory are in use, the limit is %2: predictions are refused with 503 until it has fallen.").arg(memoryText(now), memoryText(o.memoryBytes))
                      : QStringLiteral("%1 of memory are in use, below the limit of %2: predictions are answered again; %3 were refused.")
                            .arg(memoryText(now), memoryText(o.memoryBytes)).arg(m_memoryRefused.load()));
}

bool InferenceServer::Impl::refusedForMemory(HttpReply &reply) {
    if (!m_memoryFull.load(std::memory_order_relaxed))
        return false;
    m_memoryRefused.fetch_add(1, std::memory_order_relaxed);
    writeError(reply, 503, "unreachable", "This server is at its memory limit.", "Ask again after the time that Retry-After names; the operator can raise --max-memory.");
    reply.headers += "Retry-After: 1\r\n";
    countAnswer(503);
    return true;
}

Result<void> roomToLoad(const QString &folder, const QString &version) {
    qint64 bytes = 0;
    for (QDirIterator files(folder, QDir::Files | QDir::NoSymLinks, QDirIterator::Subdirectories); files.hasNext();) {
        files.next();
        bytes += files.fileInfo().size();
    }
    return requireMemory(copiesOfAPackage * bytes, QStringLiteral("Loading version %1").arg(version), folder, QStringLiteral("What is served goes on. End a rollout, an A/B test or a shadow first, which hold a model each."));
}

} // namespace pilothouse::serving
