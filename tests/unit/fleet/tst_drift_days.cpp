// SPDX-License-Identifier: GPL-3.0-or-later
// Drift day by day from a prediction log that is read without its server: days of the workspace's zone, empty days, days with too few rows.
#include "core/drift/drift.h"
#include "core/fleet/drift_days.h"
#include "core/serving/serving_store.h"

#include <QDir>
#include <QTemporaryDir>
#include <QTest>

#include <cmath>
#include <optional>
#include <random>

using namespace pilothouse;
using namespace pilothouse::fleet;

namespace {

QString Q(const char *text) { return QString::fromUtf8(text); }

/// A registry that knows one version, and the log of its endpoint.
struct Asked {
    QTemporaryDir root;
    Services services;
    workspace::Model model;
    std::shared_ptr<serving::ServingStore> store;
    std::mt19937 random{9};
    qint64 sequence = 0;

    Asked() {
        services.root = root.path();
        services.clock = std::make_shared<FixedClock>(now());
        services.workspace.zone = Q("Asia/Colombo"); // UTC+5:30
        model.name = Q("wind");
        model.registry.name = Q("wind");
        model.deployment.target = Q("serving/wind");
        data::Table trained;
        trained.columns.resize(2);
        trained.columns[0].name = Q("speed");
        trained.columns[1].name = Q("pressure");
        for (int i = 0; i < 4000; ++i)
            for (data::Column &column : trained.columns)
                column.numbers.push_back(draw(0));
        const QString folder = root.filePath(Q("serving/wind"));
        QDir().mkpath(folder);
        store = serving::ServingStore::open(folder + Q("/serving.db")).value();
        profile = drift::profileOf(trained, Q("training"));
        artifact::Signature signature;
        signature.task = workspace::TaskKind::Regression;
        signature.target = Q("power");
        signature.inputs = {{Q("speed"), data::ColumnType::Number, {}, false}, {Q("pressure"), data::ColumnType::Number, {}, false}};
        signature.outputs = {Q("power")};
        serving::Revision revision;
        revision.model = model.name;
        revision.version = 1;
        revision.when = now();
        if (!store->addRevision(revision, signature.toJson(), Q("rollout"), [](const serving::Revision &) { return QJsonObject(); }))
            qFatal("no revision");
    }
    static QDateTime now() { return QDateTime(QDate(2026, 3, 10), QTime(12, 0), Qt::UTC); }
    double draw(double shift) { return std::normal_distribution<double>(shift, 1)(random); }
    void ask(const QDateTime &first, int count, double shift, std::optional<double> answer = {}) {
        for (int i = 0; i < count; ++i)
            QVERIFY(store->database()->execute(Q("INSERT INTO predictions(seq,instance,time,revision,side,protocol,rows,many,input,output,latency_us,status,error) VALUES(?1,1,?2,1,0,0,1,0,?3,?4,250,200,'')"), [&](Statement &s) {
                s.bind(1, ++sequence).bind(2, first.addSecs(i).toMSecsSinceEpoch()).bind(3, QStringLiteral("{\"speed\":%1,\"pressure\":%2}").arg(draw(shift)).arg(draw(0))).bind(4, answer ? QString::number(draw(*answer)) : QStringLiteral("1"));
            }));
    }
    Result<DriftDays> days(int count) { return driftByDay(profile, services, model, 1, count, now()); }
    drift::Profile profile;
};

} // namespace

class TestDriftDays : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void whatIsAnsweredStandsBesideTheInputs() {
        Asked asked;
        data::Table tested;
        tested.columns.resize(1);
        tested.columns[0].name = Q("predicted power");
        for (int i = 0; i < 4000; ++i)
            tested.columns[0].numbers.push_back(asked.draw(0));
        const drift::Profile predicted = drift::profileOf(tested, Q("training"));
        asked.profile.columns.insert(asked.profile.columns.end(), predicted.columns.begin(), predicted.columns.end());
        asked.ask(QDateTime(QDate(2026, 3, 9), QTime(2, 0), Qt::UTC), 600, 0, 0);
        asked.ask(QDateTime(QDate(2026, 3, 10), QTime(2, 0), Qt::UTC), 600, 0, 1.5);
        const auto days = asked.days(2);
        QVERIFY2(days, days ? "" : qPrintable(days.error().text()));
        QCOMPARE(days->columns.front(), Q("predicted power"));
        QCOMPARE(days->columns.size(), std::size_t(3));
        QVERIFY(days->effect[0][0] < drift::psiWarning && days->effect[0][1] > drift::psiDrifted);
        QVERIFY(days->effect[1][1] < drift::psiWarning && days->effect[2][1] < drift::psiWarning);
    }

    void eachDayIsComparedByItself() {
        Asked asked;
        asked.ask(QDateTime(QDate(2026, 3, 6), QTime(2, 0), Qt::UTC), 600, 0);
        asked.ask(QDateTime(QDate(2026, 3, 8), QTime(2, 0), Qt::UTC), 600, 1.5);
        asked.ask(QDateTime(QDate(2026, 3, 9), QTime(2, 0), Qt::UTC), 20, 3); // too few
        asked.ask(QDateTime(QDate(2026, 3, 10), QTime(2, 0), Qt::UTC), 600, 3);
        const auto found = asked.days(7);
        QVERIFY2(found, found ? "" : qPrintable(found.error().text()));
        QCOMPARE(found->days.size(), std::size_t(7));
        QCOMPARE(found->days.front(), QDate(2026, 3, 4));
        QCOMPARE(found->days.back(), QDate(2026, 3, 10));
        QCOMPARE(found->columns, (std::vector<QString>{Q("speed"), Q("pressure")}));
        QCOMPARE(found->rows, (std::vector<std::size_t>{0, 0, 600, 0, 600, 20, 600}));
        const std::vector<double> &speed = found->effect[0], &pressure = found->effect[1];
        QVERIFY(std::isnan(speed[0]) && std::isnan(speed[3]) && std::isnan(speed[5]));
        QVERIFY2(speed[2] < drift::psiWarning, qPrintable(QString::number(speed[2])));
        QVERIFY(speed[4] > drift::psiDrifted && speed[6] > speed[4]);
        QVERIFY(pressure[2] < drift::psiWarning && pressure[4] < drift::psiWarning && pressure[6] < drift::psiWarning);
    }

    /// 20:00 UTC is the next day in Colombo.
    void aDayIsOneOfTheWorkspacesZone() {
        Asked asked;
        asked.ask(QDateTime(QDate(2026, 3, 8), QTime(18, 20), Qt::UTC), 300, 0);
        asked.ask(QDateTime(QDate(2026, 3, 8), QTime(18, 30), Qt::UTC), 200, 0);
        const auto found = asked.days(3);
        QVERIFY(found);
        QCOMPARE(found->days, (std::vector<QDate>{QDate(2026, 3, 8), QDate(2026, 3, 9), QDate(2026, 3, 10)}));
        QCOMPARE(found->rows, (std::vector<std::size_t>{300, 200, 0}));
    }

    void aModelThatWasNeverAskedSaysSo() {
        Asked asked;
        const auto quiet = asked.days(3);
        QVERIFY(quiet && quiet->empty());
        asked.model.deployment.target = Q("serving/other");
        const auto none = asked.days(3);
        QVERIFY(!none);
        QCOMPARE(none.error().kind, ErrorKind::NotFound);
    }

    void itCanBeStopped() {
        Asked asked;
        std::stop_source stop;
        stop.request_stop();
        const auto found = driftByDay(asked.profile, asked.services, asked.model, 1, 3, Asked::now(), stop.get_token());
        QVERIFY(!found);
        QCOMPARE(found.error().kind, ErrorKind::Cancelled);
    }
};

QTEST_GUILESS_MAIN(TestDriftDays)
#include "tst_drift_days.moc"
