// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/remote_rollouts.h"

#include <QElapsedTimer>
#include <QTest>

#include <atomic>
#include <condition_variable>
#include <mutex>

using namespace pilothouse;
using fleet::RemoteRollouts;

namespace {

/// A target in a cluster that answers when the test lets it.
class Cluster final : public cluster::RolloutTarget {
public:
    QString name() const override { return QStringLiteral("deployment/web"); }
    Result<cluster::RolloutStatus> status() const override {
        std::unique_lock guard(m_mutex);
        ++asked;
        m_changed.wait(guard, [this] { return answers; });
        if (problem)
            return *problem;
        cluster::RolloutStatus status;
        status.target = name();
        status.phase = phase;
        status.stable = cluster::Revision{};
        status.stable->version = 4;
        return status;
    }
    Result<std::vector<cluster::Revision>> history() const override { return std::vector<cluster::Revision>(3); }
    Result<void> start(const cluster::Revision &, const QString &, const std::vector<int> &, const QString &) override { return {}; }
    Result<void> pause() override { return {}; }
    Result<void> resume() override { return {}; }
    Result<void> promote(bool) override { return {}; }
    Result<void> abort(const QString &) override { return {}; }
    Result<void> undo(int) override { return {}; }
    Result<void> withdraw(const QString &) override { return {}; }

    void let(bool yes) {
        const std::lock_guard guard(m_mutex);
        answers = yes;
        m_changed.notify_all();
    }
    mutable std::atomic<int> asked = 0;
    bool answers = true;
    std::optional<Error> problem;
    cluster::RolloutPhase phase = cluster::RolloutPhase::Stable;

private:
    mutable std::mutex m_mutex;
    mutable std::condition_variable m_changed;
};

class SteppedClock final : public Clock {
public:
    QDateTime nowUtc() const override { return QDateTime::fromMSecsSinceEpoch(now, Qt::UTC); }
    std::atomic<qint64> now = 1'800'000'000'000;
};

workspace::Workspace workspaceOf() {
    workspace::Workspace w;
    w.connections.insert(QStringLiteral("local"), {QStringLiteral("local"), QStringLiteral("local"), {}, {}, {}, {}, {}, {}});
    w.connections.insert(QStringLiteral("cluster"), {QStringLiteral("cluster"), QStringLiteral("kubernetes"), {}, {}, {}, {}, {}, {}});
    for (const char *name : {"local", "cluster"}) {
        workspace::Model model;
        model.name = QStringLiteral("on-") + QLatin1String(name);
        model.deployment.connection = QLatin1String(name);
        w.models.push_back(model);
    }
    return w;
}

} // namespace

class tst_RemoteRollouts : public QObject {
    Q_OBJECT
    std::shared_ptr<Cluster> m_cluster = std::make_shared<Cluster>();
    std::shared_ptr<SteppedClock> m_clock = std::make_shared<SteppedClock>();
    std::unique_ptr<RemoteRollouts> m_rollouts;

private Q_SLOTS:
    void init() {
        m_cluster = std::make_shared<Cluster>();
        m_rollouts = std::make_unique<RemoteRollouts>(workspaceOf(), [cluster = m_cluster](const workspace::Model &) -> Result<std::shared_ptr<cluster::RolloutTarget>> { return std::shared_ptr<cluster::RolloutTarget>(cluster); },
                                                      std::make_shared<net::HttpClient>(), m_clock);
    }
    void cleanup() {
        m_cluster->let(true);
        m_rollouts.reset();
    }

    void onlyModelsOfClustersAreRead() {
        const auto known = m_rollouts->look(60000);
        QCOMPARE(known.keys(), QStringList{QStringLiteral("on-cluster")});
        QVERIFY(known.first().status);
        QCOMPARE(known.first().status->stable->version, 4);
        QCOMPARE(known.first().history.size(), std::size_t(3));
        QCOMPARE(known.first().read, m_clock->nowUtc());
    }

    void aClusterThatIsSlowIsNotWaitedFor() {
        m_cluster->let(false);
        const auto first = m_rollouts->look(1); // returns although it never answers
        QVERIFY(!first.value(QStringLiteral("on-cluster")).status);
        QVERIFY(!first.value(QStringLiteral("on-cluster")).read.isValid());
        for (int i = 0; i < 5; ++i) {
            m_clock->now += 60'000;
            m_rollouts->look(1);
        }
        QTRY_COMPARE(m_cluster->asked.load(), 1); // one question at a time
        m_cluster->let(true);
        QTRY_VERIFY(m_rollouts->look(1).value(QStringLiteral("on-cluster")).status);
    }

    void whatWasKnownStaysWhereItFails() {
        const QDateTime read = m_rollouts->look(60000).first().read;
        m_cluster->let(false);
        m_cluster->problem = Error{ErrorKind::Unreachable, QStringLiteral("away"), {}, {}, {}};
        m_cluster->let(true);
        m_clock->now += 60'000;
        QTRY_VERIFY(m_rollouts->look(1).first().problem);
        const auto known = m_rollouts->look(1).first();
        QVERIFY(known.status);
        QCOMPARE(known.read, read);
    }

    void itIsReadAnewAfterAWhileAndAfterAChange() {
        m_rollouts->look(60000);
        m_rollouts->look(60000);
        QCOMPARE(m_cluster->asked.load(), 1); // it is new enough
        m_rollouts->forget();
        m_rollouts->look(60000);
        QTRY_COMPARE(m_cluster->asked.load(), 2);
        m_clock->now += (RemoteRollouts::refreshSeconds + 1) * 1000;
        QTRY_VERIFY((m_rollouts->look(60000), m_cluster->asked.load() == 3));
    }
};

QTEST_GUILESS_MAIN(tst_RemoteRollouts)
#include "tst_remote_rollouts.moc"
