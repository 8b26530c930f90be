// SPDX-License-Identifier: GPL-3.0-or-later
// What a replay learns of the past, read from a prediction log and a registry as they are written.
#include "core/artifact/package_writer.h"
#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/registry/local_registry.h"
#include "core/retrain/past_read.h"
#include "core/serving/serving_store.h"

#include <QDir>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>

using namespace pilothouse;
using namespace pilothouse::retrain;

namespace {

workspace::Model wind() {
    workspace::Model model;
    model.name = QStringLiteral("ws2m");
    model.registry.name = QStringLiteral("ws2m");
    model.deployment.target = QStringLiteral("serving/ws2m");
    return model;
}

artifact::PackageContents package(const QString &md5, double mae) {
    artifact::PackageContents contents;
    contents.ml.runId = QStringLiteral("0123456789abcdef0123456789abcdef");
    contents.ml.uuid = contents.ml.runId;
    contents.ml.estimator = QStringLiteral("ridge");
    contents.ml.modelType = QStringLiteral("linear");
    contents.ml.created = QStringLiteral("2026-03-01T12:00:00.000Z");
    contents.signature.inputs = {{QStringLiteral("speed"), data::ColumnType::Number, {}, false}};
    contents.signature.outputs = {QStringLiteral("y")};
    contents.signature.target = QStringLiteral("y");
    contents.data = {{QStringLiteral("md5"), md5}};
    contents.metrics = {{QStringLiteral("test"), QJsonObject{{QStringLiteral("mae"), mae}}}};
    return contents;
}

std::vector<Fact> ofKind(const PastFacts &past, Fact::Kind kind) {
    std::vector<Fact> facts;
    std::copy_if(past.facts.begin(), past.facts.end(), std::back_inserter(facts), [kind](const Fact &f) { return f.kind == kind; });
    return facts;
}

} // namespace

class tst_PastRead : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aLabelIsKnownFromWhenItCameAndHasItsVersion() {
        QTemporaryDir root;
        const workspace::Model model = wind();
        QVERIFY(pastOfServing(root.path(), model)->facts.empty());
        QVERIFY(!QDir(root.filePath(QStringLiteral("serving"))).exists()); // a look makes no file
        const QString folder = root.filePath(model.deployment.target);
        QDir().mkpath(folder);
        const auto store = *serving::ServingStore::open(folder + QStringLiteral("/serving.db"));
        const auto revision = [&](const QString &of, int version) {
            serving::Revision r;
            r.model = of;
            r.version = version;
            r.when = QDateTime::currentDateTimeUtc();
            r.outcome = QStringLiteral("stable");
            return store->addRevision(r, package({}, 0).signature.toJson(), QStringLiteral("rollout"), [](const serving::Revision &) { return QJsonObject(); })->number;
        };
        const int mine = revision(QStringLiteral("ws2m"), 4), foreign = revision(QStringLiteral("other"), 4);
        for (const int number : {mine, foreign})
            QVERIFY(store->database()->execute(QStringLiteral("INSERT INTO labels(seq,row,time,predicted_time,revision,value,predicted,loss) VALUES(?,2,5000,1000,?,3.5,3,0.5)"),
                                               [&](Statement &s) { s.bind(1, number == mine ? 17 : 18).bind(2, number); }));
        const auto past = pastOfServing(root.path(), model);
        QVERIFY2(past, past ? "" : qPrintable(past.error().text()));
        QCOMPARE(past->facts.size(), std::size_t(1));
        const Fact &label = past->facts.front();
        QCOMPARE(label.known.toMSecsSinceEpoch(), qint64(5000)); // not 1000, when its row was asked
        QCOMPARE(label.version, 4);
        QCOMPARE(label.sequence, qint64(17));
        QCOMPARE(label.row, qint64(2));
        QCOMPARE(label.truth, 3.5);
        QCOMPARE(label.predicted, 3.0);
    }

    void theRegistrySaysWhichVersionWasChampionWhen() {
        QTemporaryDir folder;
        const workspace::Model model = wind();
        const auto database = *Database::open(folder.filePath(QStringLiteral("registry.db")), {registry::registryTables1()});
        const auto registry = *registry::openLocalRegistry(database, folder.filePath(QStringLiteral("artifacts")));
        for (int k = 1; k <= 3; ++k) {
            const QString at = folder.filePath(QStringLiteral("package-%1").arg(k));
            QVERIFY(artifact::writePackage(at, package(QStringLiteral("md5-%1").arg(k), 0.5 * k), [](const QString &path) -> Result<QStringList> {
                PH_TRY(writeFileAtomically(path + QStringLiteral("/model.json"), "{}"));
                return QStringList{QStringLiteral("model.json")};
            }));
            QVERIFY(registry->registerVersion(model.registry.name, at, {}, QStringLiteral("ana")));
        }
        QVERIFY(registry->moveAlias(model.registry.name, model.registry.champion, {}, 1, {QStringLiteral("ana"), QStringLiteral("op-1")}));
        QVERIFY(registry->moveAlias(model.registry.name, model.registry.champion, 1, 3, {QStringLiteral("ana"), QStringLiteral("op-2")}));
        const auto past = pastOfRegistry(*registry, model);
        QVERIFY2(past, past ? "" : qPrintable(past.error().text()));
        QVERIFY2(past->notes.isEmpty(), qPrintable(past->notes.join(QLatin1Char('\n'))));
        QCOMPARE(ofKind(*past, Fact::Kind::Version).size(), std::size_t(3));
        const auto champions = ofKind(*past, Fact::Kind::Champion);
        QCOMPARE(champions.size(), std::size_t(2));
        QCOMPARE(champions[0].version, 1); // in the order of time, also where both fell into one millisecond
        QCOMPARE(champions[1].version, 3);
        QVERIFY(champions[0].known <= champions[1].known);
        const auto tested = ofKind(*past, Fact::Kind::Tested);
        QCOMPARE(tested.size(), std::size_t(2)); // version 2 was never asked: its package is not fetched
        for (const Fact &fact : tested) {
            QCOMPARE(fact.text, QStringLiteral("mae"));
            QCOMPARE(fact.value, 0.5 * fact.version);
        }
        for (const Fact &fact : ofKind(*past, Fact::Kind::Version))
            QCOMPARE(fact.text, fact.version == 2 ? QString() : QStringLiteral("md5-%1").arg(fact.version));
    }

    void aModelThatIsNotRegisteredHasNoPast() {
        QTemporaryDir folder;
        const auto database = *Database::open(folder.filePath(QStringLiteral("registry.db")), {registry::registryTables1()});
        const auto registry = *registry::openLocalRegistry(database, folder.filePath(QStringLiteral("artifacts")));
        const auto past = pastOfRegistry(*registry, wind());
        QVERIFY(!past || past->facts.empty());
    }
};

QTEST_GUILESS_MAIN(tst_PastRead)
#include "tst_past_read.moc"
