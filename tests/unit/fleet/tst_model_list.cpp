// SPDX-License-Identifier: GPL-3.0-or-later
// The figure that a model is judged by first, and the lists of several workspaces: those that cannot be read beside those that can.
#include "core/fleet/model_list.h"

#include "core/base/file.h"
#include "core/secrets/secret_store.h"

#include <QDir>
#include <QJsonArray>
#include <QTemporaryDir>
#include <QTest>

using namespace pilothouse;
using namespace pilothouse::fleet;
using Q = QLatin1String;

namespace {

const QDateTime noon(QDate(2026, 11, 23), QTime(12, 0), Qt::UTC);

workspace::Model::Watch watch(const char *metric, const char *source, std::optional<double> max) {
    workspace::Model::Watch w;
    w.metric = Q(metric);
    w.source = Q(source);
    w.unit = QStringLiteral("°C");
    w.max = max;
    return w;
}

/// A champion whose run was tested, and whose endpoint got labels.
struct Judged {
    workspace::Model model;
    ModelRow row;
    registry::Run run;
    Judged() {
        row.liveVersion = 3;
        row.registered.source = QStringLiteral("mlflow.example:5000");
        row.seen.source = QStringLiteral("serving/t2m");
        run.metrics = {{QStringLiteral("test_mae"), 1.2}, {QStringLiteral("R2"), 0.8}, {QStringLiteral("rh2m/test_mae"), 6}};
        run.tags.insert(testRowsTag(), QStringLiteral("1440"));
        run.ended = noon.addDays(-2);
    }
    void labels(const char *metric, double value, int rows) {
        row.quality.metric = Q(metric);
        row.quality.value = value;
        row.quality.labelledRows = rows;
        row.quality.series = {{noon.addSecs(-7200), value}, {noon.addSecs(-3600), std::numeric_limits<double>::quiet_NaN()}};
    }
    Headline headline() const { return headlineOf(model, row, &run); }
};

struct Folders {
    QTemporaryDir folder;
    QString file(const char *name, const QByteArray &text) {
        const QString path = folder.filePath(Q(name));
        if (!QDir().mkpath(QFileInfo(path).absolutePath()) || !writeFileAtomically(path, text))
            qFatal("no file");
        return path;
    }
    QString workspace(const char *name, const char *models) {
        return file((QByteArray(name) + "/pilothouse.yaml").constData(),
                    QByteArray("workspace: ") + name + "\nconnections: {local: {kind: local, root: state}}\nmodels:\n" + models);
    }
};

ServiceOptions opened() {
    ServiceOptions how;
    how.secrets = secrets::memoryStore();
    how.clock = std::make_shared<FixedClock>(noon);
    return how;
}

} // namespace

class TestModelList : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void theRegistryTellsWithItsRows() {
        Judged judged;
        judged.model.watch = {watch("mae", "registry", 1.5)};
        judged.labels("mae", 9, 500); // not what the watch asks for
        const Headline h = judged.headline();
        QCOMPARE(h.value, std::optional(1.2));
        QCOMPARE(h.rows, qint64(1440));
        QCOMPARE(h.source, QStringLiteral("mlflow.example:5000"));
        QCOMPARE(h.time, judged.run.ended);
        QCOMPARE(h.unit, QStringLiteral("°C"));
        QVERIFY(!h.over() && h.note.isEmpty());
    }
    void theEndpointTellsWithItsRows() {
        Judged judged;
        judged.model.watch = {watch("mae", "endpoint", 1.5)};
        judged.labels("mae", 1.7, 480);
        const Headline h = judged.headline();
        QCOMPARE(h.value, std::optional(1.7));
        QCOMPARE(h.rows, qint64(480));
        QCOMPARE(h.source, QStringLiteral("serving/t2m"));
        QCOMPARE(h.time, noon.addSecs(-7200)); // of the newest that says something
        QVERIFY(h.over());
    }
    void withoutLabelsTheRunStandsInAndSaysSo() {
        Judged judged;
        judged.model.watch = {watch("mae", "", 1.5)};
        const Headline h = judged.headline();
        QCOMPARE(h.value, std::optional(1.2));
        QVERIFY2(h.note.contains(QStringLiteral("no label came")), qPrintable(h.note));
        judged.model.watch = {watch("mae", "endpoint", 1.5)}; // asked for by name: nothing stands in
        QVERIFY(!judged.headline().value);
        QCOMPARE(judged.headline().note, QStringLiteral("no label came"));
    }
    void theFirstBrokenLimitLeads() {
        Judged judged;
        judged.model.watch = {watch("mae", "registry", 1.5), watch("mae@rh2m", "registry", 5), watch("r2", "registry", {})};
        QCOMPARE(judged.headline().metric, QStringLiteral("mae@rh2m"));
        QCOMPARE(judged.headline().value, std::optional(6.0));
        judged.run.metrics[QStringLiteral("rh2m/test_mae")] = 4;
        QCOMPARE(judged.headline().metric, QStringLiteral("mae"));
        judged.run.metrics.remove(QStringLiteral("test_mae"));
        QCOMPARE(judged.headline().metric, QStringLiteral("mae@rh2m")); // the first that has a value
    }
    void withoutAWatchWhatTheRunHas() {
        Judged judged;
        const Headline h = judged.headline();
        QCOMPARE(h.metric, QStringLiteral("mae"));
        QCOMPARE(h.value, std::optional(1.2));
        judged.run.metrics.remove(QStringLiteral("test_mae"));
        QCOMPARE(judged.headline().metric, QStringLiteral("r2")); // as others write it: R2
        judged.row.liveVersion.reset();
        QVERIFY(!judged.headline().value);
        QCOMPARE(judged.headline().note, QStringLiteral("no champion"));
    }
    void oneThatCannotBeReadStandsBesideTheOthers() {
        Folders folders;
        const QString first = folders.workspace("weather", "  t2m: {recipe: t2m.yaml, watch: [{metric: mae, max: 1.5}]}\n  rh2m: {recipe: rh2m.yaml}\n");
        const QString broken = folders.file("broken/pilothouse.yaml", "workspace: broken\nmodels: {t: {recipee: t.yaml}}\n");
        const QString blocked = folders.workspace("blocked", "  iris: {recipe: iris.yaml}\n");
        folders.file("blocked/state", "a file where the folder should be");
        const QString missing = folders.folder.filePath(QStringLiteral("missing/pilothouse.yaml"));
        const QString last = folders.workspace("housing", "  price: {recipe: price.yaml}\n");
        const auto all = listWorkspaces({first, broken, blocked, missing, first, last}, opened(), 0);
        QCOMPARE(all.size(), std::size_t(5)); // each file once, in their order
        QVERIFY(!all[0].error && all[0].name == Q("weather"));
        QCOMPARE(all[0].models.size(), std::size_t(2));
        QCOMPARE(all[0].models[0].row.name, QStringLiteral("t2m"));
        QCOMPARE(all[0].models[0].headline.note, QStringLiteral("no champion"));
        QCOMPARE(all[0].models[0].drift, QStringLiteral("not told"));
        QVERIFY(all[1].error && all[1].error->kind == ErrorKind::Invalid && all[1].error->text().contains(Q("2:13")));
        QVERIFY(all[1].models.empty() && all[1].file == QFileInfo(broken).canonicalFilePath());
        QVERIFY(all[2].error && all[2].name == Q("blocked"));
        QVERIFY(all[3].error && all[3].error->kind == ErrorKind::NotFound && all[3].file == missing);
        QVERIFY(!all[4].error && all[4].name == Q("housing") && all[4].read == noon);
        const QJsonObject json = all[1].toJson();
        QVERIFY(json.value(Q("error")).isObject() && json.value(Q("models")).toArray().isEmpty());
        QVERIFY(all[4].toJson().value(Q("error")).isNull());
        QCOMPARE(all[4].toJson().value(Q("models")).toArray().first().toObject().value(Q("model")).toString(), QStringLiteral("price"));
    }
};

QTEST_GUILESS_MAIN(TestModelList)
#include "tst_model_list.moc"
