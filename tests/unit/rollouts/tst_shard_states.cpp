// SPDX-License-Identifier: GPL-3.0-or-later
// What an indexed Job and its pods say of each shard.
#include "core/rollouts/shard_follow.h"

#include <QJsonArray>
#include <QTest>

using namespace pilothouse;
using namespace pilothouse::rollouts;
using Q = QLatin1String;
using Phase = ShardState::Phase;

namespace {

QJsonObject job(const char *done, const char *failed, const char *condition = nullptr) {
    QJsonArray conditions;
    if (condition)
        conditions.append(QJsonObject{{Q("type"), Q(condition)}, {Q("status"), Q("True")}});
    return {{Q("status"), QJsonObject{{Q("completedIndexes"), Q(done)}, {Q("failedIndexes"), Q(failed)}, {Q("conditions"), conditions}}}};
}
QJsonObject pod(int index, const char *name, const char *phase, const char *created, const QJsonObject &ended = {}) {
    return {{Q("metadata"), QJsonObject{{Q("name"), Q(name)}, {Q("creationTimestamp"), Q(created)}, {Q("annotations"), QJsonObject{{Q("batch.kubernetes.io/job-completion-index"), QString::number(index)}}}}},
            {Q("status"), QJsonObject{{Q("phase"), Q(phase)}, {Q("containerStatuses"), QJsonArray{QJsonObject{{Q("state"), QJsonObject{{Q("terminated"), ended}}}}}}}}};
}

} // namespace

class TestShardStates : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void rangesOfIndexesAreRead() {
        const auto states = shardStates(job("0-2,5", "4"), {}, 7);
        const std::vector<Phase> wanted{Phase::Succeeded, Phase::Succeeded, Phase::Succeeded, Phase::Waiting, Phase::Failed, Phase::Succeeded, Phase::Waiting};
        for (std::size_t i = 0; i < wanted.size(); ++i)
            QCOMPARE(int(states[i].phase), int(wanted[i]));
        QCOMPARE(shardSentence(states), QStringLiteral("4 of 7 shards are done, 0 run, 1 failed."));
        QCOMPARE(shardStates(job("0-99", ""), {}, 2).size(), std::size_t(2)); // no more than was asked for
    }

    /// A pod that failed while another one of its index runs is no end.
    void aShardThatIsMadeAnewRuns() {
        const std::vector<QJsonObject> pods{pod(0, "b", "Running", "2026-11-23T10:00:05Z"), pod(0, "a", "Failed", "2026-11-23T10:00:00Z", {{Q("exitCode"), 1}})};
        const auto states = shardStates(job("", ""), pods, 1);
        QCOMPARE(int(states[0].phase), int(Phase::Running));
        QCOMPARE(states[0].pod, QStringLiteral("b"));
        QCOMPARE(states[0].attempts, 2);
    }

    void thePodThatSucceededIsAsked() {
        const std::vector<QJsonObject> pods{pod(0, "first", "Failed", "2026-11-23T10:00:00Z"), pod(0, "good", "Succeeded", "2026-11-23T10:00:05Z"), pod(0, "late", "Failed", "2026-11-23T10:00:09Z")};
        const auto states = shardStates(job("0", ""), pods, 1);
        QCOMPARE(states[0].pod, QStringLiteral("good"));
        QCOMPARE(int(states[0].phase), int(Phase::Succeeded));
    }

    void whyOneFailedIsSaid() {
        const QString told = QStringLiteral("reading\n{\"v\":1,\"event\":\"error\",\"kind\":\"not_found\",\"what\":\"There is no such file.\",\"where\":\"/data/3.csv\",\"hint\":\"\",\"raw\":\"\"}\n");
        const std::vector<QJsonObject> pods{pod(0, "a", "Failed", "2026-11-23T10:00:00Z", {{Q("exitCode"), 3}, {Q("message"), told}}), pod(1, "b", "Failed", "2026-11-23T10:00:00Z", {{Q("exitCode"), 137}, {Q("reason"), Q("OOMKilled")}}),
                                            pod(2, "c", "Failed", "2026-11-23T10:00:00Z", {{Q("exitCode"), 9}})};
        const auto states = shardStates(job("", "0-2", "Failed"), pods, 4);
        QVERIFY2(states[0].why.contains(Q("There is no such file.")), qPrintable(states[0].why));
        QVERIFY(states[1].why.contains(Q("memory")));
        QVERIFY(states[2].why.contains(Q("exit code 9")));
        QCOMPARE(int(states[3].phase), int(Phase::Failed)); // the Job is over, and it never ran
        QVERIFY(states[3].why.isEmpty());
    }
};

QTEST_GUILESS_MAIN(TestShardStates)
#include "tst_shard_states.moc"
