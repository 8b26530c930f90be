// SPDX-License-Identifier: GPL-3.0-or-later
// What the watches of a model say of the labels that came to its endpoint, read from a prediction log without the server.
#include "core/fleet/live_quality.h"
#include "core/serving/serving_store.h"

#include <QDir>
#include <QTemporaryDir>
#include <QTest>

#include <cmath>

using namespace pilothouse;
using namespace pilothouse::fleet;

namespace {

/// A model with its log and nothing else of a workspace.
struct Watched {
    QTemporaryDir root;
    workspace::Model model;
    std::shared_ptr<serving::ServingStore> store;
    std::shared_ptr<FixedClock> clock = std::make_shared<FixedClock>(QDateTime(QDate(2026, 3, 1), QTime(12, 0), Qt::UTC));

    explicit Watched(std::vector<QString> outputs) {
        model.name = QStringLiteral("pair");
        model.deployment.target = QStringLiteral("serving/pair");
        const QString folder = root.filePath(model.deployment.target);
        QDir().mkpath(folder);
        store = serving::ServingStore::open(folder + QStringLiteral("/serving.db")).value();
        artifact::Signature signature;
        signature.task = workspace::TaskKind::Forecast;
        signature.target = QStringLiteral("t2m");
        signature.inputs = {{QStringLiteral("t2m@0"), data::ColumnType::Number, {}, false}};
        signature.outputs = std::move(outputs);
        serving::Revision revision;
        revision.model = model.name;
        revision.version = 1;
        revision.when = clock->nowUtc();
        if (!store->addRevision(revision, signature.toJson(), QStringLiteral("rollout"), [](const serving::Revision &) { return QJsonObject(); }))
            qFatal("no revision");
    }
    void watch(const char *metric, std::optional<double> max, const char *unit = "") {
        workspace::Model::Watch w;
        w.metric = QString::fromUtf8(metric);
        w.max = max;
        w.unit = QString::fromUtf8(unit);
        model.watch.push_back(w);
    }
    /// Labels that are all `error` off, in the last minutes. @param target  empty: the model has one
    void label(const char *target, int count, double error) {
        const bool one = *target == 0;
        const QString sql = one ? QStringLiteral("INSERT INTO labels(seq,row,time,predicted_time,revision,value,predicted,loss) VALUES(?1,0,?2,?2,1,?3,?4,?5)")
                                : QStringLiteral("INSERT INTO target_labels(seq,row,prediction_id,time,predicted_time,revision,value,predicted,loss,target) VALUES(?1,0,'',?2,?2,1,?3,?4,?5,?6)");
        for (int i = 0; i < count; ++i)
            QVERIFY(store->database()->execute(sql, [&](Statement &s) {
                s.bind(1, i).bind(2, clock->nowUtc().addSecs(-i).toMSecsSinceEpoch()).bind(3, double(i % 9)).bind(4, i % 9 + error).bind(5, error);
                if (!one)
                    s.bind(6, QLatin1String(target));
            }));
    }
    ModelRow read() const {
        Services services;
        services.root = root.path();
        services.clock = clock;
        ModelRow row;
        row.name = model.name;
        addLiveQuality(services, model, row);
        return row;
    }
};

const std::vector<QString> twoTargets{QStringLiteral("t2m@+1"), QStringLiteral("rh2m@+1")};

} // namespace

class tst_LiveQuality : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aTargetsWatchIsItsOwn() {
        Watched watched(twoTargets);
        watched.watch("mae@rh2m", 8, "%");
        watched.label("t2m", 150, 1.5);
        watched.label("rh2m", 120, 5);
        const Quality quality = watched.read().quality;
        QCOMPARE(quality.metric, QStringLiteral("mae@rh2m"));
        QCOMPARE(quality.unit, QStringLiteral("%"));
        QCOMPARE(quality.labelledRows, qint64(120));
        QVERIFY(quality.value && std::abs(*quality.value - 5) < 1e-12);
        QVERIFY(!quality.over() && quality.note.isEmpty());
        QVERIFY(!quality.series.empty());
        QVERIFY(std::abs(quality.series.back().second - 5) < 1e-12);
    }

    void theFirstBrokenLimitIsShown_data() {
        QTest::addColumn<double>("first");
        QTest::addColumn<double>("second");
        QTest::addColumn<QString>("shown");
        QTest::newRow("both kept: the first") << 1.0 << 5.0 << "mae@t2m";
        QTest::newRow("the second is broken") << 1.0 << 9.0 << "mae@rh2m";
        QTest::newRow("both are broken: the first") << 3.0 << 9.0 << "mae@t2m";
    }
    void theFirstBrokenLimitIsShown() {
        QFETCH(double, first);
        QFETCH(double, second);
        Watched watched(twoTargets);
        watched.watch("mae@t2m", 2, "°C");
        watched.watch("mae@rh2m", 8, "%");
        watched.label("t2m", 120, first);
        watched.label("rh2m", 120, second);
        const ModelRow row = watched.read();
        QTEST(row.quality.metric, "shown");
        QCOMPARE(row.unit, row.quality.unit);
        QCOMPARE(row.quality.over(), first > 2 || second > 8);
        QVERIFY(!row.quality.series.empty());
    }

    void tooFewLabelsOfATargetAreSaid() {
        Watched watched(twoTargets);
        watched.watch("mae@rh2m", 8);
        watched.label("t2m", 150, 1.5);
        watched.label("rh2m", 99, 50);
        const Quality quality = watched.read().quality;
        QVERIFY(!quality.value);
        QCOMPARE(quality.note, QStringLiteral("too few labels: 99"));
    }

    void aMetricOverAllTargetsSaysWhatToName() {
        Watched watched(twoTargets);
        watched.watch("mae", 2);
        watched.label("t2m", 150, 1.5);
        const Quality quality = watched.read().quality;
        QVERIFY(!quality.value);
        QVERIFY2(quality.note.contains(QStringLiteral("mae@t2m")), qPrintable(quality.note));
    }

    void aTargetThatIsNotServedIsSaid_data() {
        QTest::addColumn<bool>("several");
        QTest::newRow("another one of several") << true;
        QTest::newRow("the only one has no name") << false;
    }
    void aTargetThatIsNotServedIsSaid() {
        QFETCH(bool, several);
        Watched watched(several ? twoTargets : std::vector<QString>{QStringLiteral("t2m@+1")});
        watched.watch(several ? "mae@ws2m" : "mae@t2m", 2);
        watched.label(several ? "t2m" : "", 150, 1.5);
        const Quality quality = watched.read().quality;
        QVERIFY(!quality.value && !quality.over());
        QVERIFY2(quality.note.contains(several ? QStringLiteral("does not forecast ws2m") : QStringLiteral("does not forecast t2m")), qPrintable(quality.note));
    }

    void withoutAWatchTheFirstTargetIsShown() {
        Watched watched(twoTargets);
        watched.label("t2m", 150, 1.5);
        const Quality quality = watched.read().quality;
        QCOMPARE(quality.metric, QStringLiteral("mae@t2m"));
        QVERIFY(quality.value && std::abs(*quality.value - 1.5) < 1e-12);
    }

    void oneTargetIsAsItWas() {
        Watched watched({QStringLiteral("t2m@+1")});
        watched.label("", 150, 1.5);
        const Quality unasked = watched.read().quality;
        QCOMPARE(unasked.metric, QStringLiteral("mae"));
        QVERIFY(unasked.value && std::abs(*unasked.value - 1.5) < 1e-12);
        watched.watch("rmse", 1, "°C");
        const Quality quality = watched.read().quality;
        QVERIFY(quality.over());
        QCOMPARE(quality.unit, QStringLiteral("°C"));
    }
};

QTEST_GUILESS_MAIN(tst_LiveQuality)
#include "tst_live_quality.moc"
