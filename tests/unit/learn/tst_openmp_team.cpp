// SPDX-License-Identifier: GPL-3.0-or-later
// OpenMP's helpers stay on their cores while a team is pinned, and no longer.
#include "core/learn/openmp_team.h"

#include <QDir>
#include <QMap>
#include <QTest>

#include <algorithm>
#include <memory>

#include <sched.h>
#include <unistd.h>

using namespace pilothouse::learn;

namespace {

/// How many cores each thread of this process may use, by thread id.
QMap<int, int> coresOfThreads() {
    QMap<int, int> out;
    for (const QString &id : QDir(QStringLiteral("/proc/self/task")).entryList(QDir::Dirs | QDir::NoDotAndDotDot)) {
        cpu_set_t set;
        if (::sched_getaffinity(id.toInt(), sizeof set, &set) == 0)
            out.insert(id.toInt(), CPU_COUNT(&set));
    }
    return out;
}

int onOneCore(const QMap<int, int> &threads) { return int(std::count(threads.begin(), threads.end(), 1)); }

} // namespace

class TestOpenmpTeam : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() {
        m_cores = coresOfThreads().value(int(::getpid()));
        if (m_cores < 2)
            QSKIP("this process may use one core only: there is nothing to be pinned");
    }

    void helpersStayOnACoreEach() {
        const QMap<int, int> before = coresOfThreads();
        QCOMPARE(onOneCore(before), 0);
        auto team = std::make_unique<PinnedTeam>(m_cores);
        if (!team->pinned())
            QSKIP("built without OpenMP");
        const QMap<int, int> during = coresOfThreads();
        QCOMPARE(onOneCore(during), m_cores - 1);
        QCOMPARE(during.value(int(::getpid())), m_cores); // who trains is not pinned
        {
            const PinnedTeam::Turn turn(*team);
            QCOMPARE(coresOfThreads().value(int(::getpid())), 1);
        }
        QCOMPARE(coresOfThreads().value(int(::getpid())), m_cores);
        team.reset();
        QCOMPARE(onOneCore(coresOfThreads()), 0);
    }

    /// Processes of fewer threads each would all be pinned to the same first cores.
    void smallerTeamsAreLeftAlone() {
        const PinnedTeam one(1), more(m_cores + 1);
        QVERIFY(!one.pinned());
        QVERIFY(!more.pinned());
        QCOMPARE(onOneCore(coresOfThreads()), 0);
    }

private:
    int m_cores = 0;
};

QTEST_GUILESS_MAIN(TestOpenmpTeam)
#include "tst_openmp_team.moc"
