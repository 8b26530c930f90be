// SPDX-License-Identifier: GPL-3.0-or-later
// 20 hot swaps under 64 connections: no request fails, and every answer was computed by the version it names.
#include "tests/unit/serving/serving_fixture.h"

#include <QtTest>

#include <set>
#include <thread>

using namespace pilothouse;
using namespace pilothouse::serving;
using namespace pilothouse::serving::testing;
using Q = QLatin1String;

class TestSwap : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void noRequestFailsAndEveryAnswerBelongsToItsVersion() {
        Served served;
        for (int version = 1; version <= 21; ++version)
            served.shelf.put(QStringLiteral("v%1").arg(version), std::make_shared<PlainScorer>(version * 1000000.0));
        served.options.limits.connections = 128;
        served.options.log.queueRecords = 1 << 20;
        served.options.log.queueBytes = std::size_t(1) << 30;
        QVERIFY(served.start());

        constexpr int clients = 64;
        std::atomic<bool> end{false};
        std::atomic<qint64> answered{0}, failed{0}, wrong{0};
        std::vector<std::set<int>> seen(clients);
        std::vector<std::thread> threads;
        for (int c = 0; c < clients; ++c)
            threads.emplace_back([&, c] {
                Wire wire(served.port());
                for (int i = 0; !end; ++i) {
                    const int a = c * 1000 + i % 1000;
                    const Answer answer = wire.ask("POST", "/predict", "{\"a\":" + std::to_string(a) + ",\"b\":0}");
                    if (answer.status != 200) {
                        ++failed;
                        return;
                    }
                    const QJsonObject body = answer.json();
                    const int version = body.value(Q("model_version")).toString().toInt();
                    if (body.value(Q("prediction")).toDouble() != version * 1000000.0 + a)
                        ++wrong;
                    seen[std::size_t(c)].insert(version);
                    ++answered;
                }
            });
        Wire admin(served.port());
        for (int version = 2; version <= 21; ++version) {
            const qint64 before = answered;
            QJsonObject body = revisionOf(version, QStringLiteral("v%1").arg(version), QStringLiteral("op-%1").arg(version)).toJson();
            body.insert(Q("steps"), QJsonArray{50, 100});
            QCOMPARE(admin.admin("POST", "/admin/rollout/start", body).status, 200);
            QTRY_VERIFY(answered > before + 2 * clients || failed > 0); // both versions answer for a while
            QCOMPARE(admin.admin("POST", "/admin/rollout/promote", {{Q("full"), true}}).status, 200);
        }
        const qint64 atEnd = answered;
        QTRY_VERIFY(answered > atEnd + 2 * clients || failed > 0);
        end = true;
        for (std::thread &thread : threads)
            thread.join();

        QCOMPARE(failed.load(), 0);
        QCOMPARE(wrong.load(), 0);
        std::set<int> all;
        for (const auto &versions : seen)
            all.insert(versions.begin(), versions.end());
        QCOMPARE(all.size(), std::size_t(21));

        // The log says the same: each row's revision computed its output.
        QVERIFY(served.server->log().flush());
        QCOMPARE(served.server->log().dropped(), std::uint64_t(0));
        qint64 rows = 0, astray = 0;
        QVERIFY(served.server->store().database()->query(
            QStringLiteral("SELECT p.output,p.input,r.version FROM predictions p JOIN revisions r ON r.number=p.revision"), {}, [&](const Statement &s) {
                const int a = QJsonDocument::fromJson(s.blob(1)).object().value(Q("a")).toInt();
                astray += s.text(0).toDouble() == double(s.integer(2)) * 1000000.0 + a ? 0 : 1;
                ++rows;
            }));
        QCOMPARE(astray, 0);
        QCOMPARE(rows, answered.load());
    }
};

QTEST_GUILESS_MAIN(TestSwap)
#include "tst_swap.moc"
