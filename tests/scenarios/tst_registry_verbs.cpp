// SPDX-License-Identifier: GPL-3.0-or-later
// The verbs registry, promote, approve, reject, undo and journal of the real `pilot`, on a workspace without a deployment: documented keys, exit
// codes, and that every write is journalled. Needs no ../shared.
#include "core/base/file.h"
#include "core/base/json.h"
#include "tests/support/run_pilot.h"

#include <QDir>
#include <QFileInfo>
#include <QTemporaryDir>
#include <QTest>

using namespace pilothouse;

using support::Answer;
using Q = QLatin1String;

class TestRegistryVerbs : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void trainingRegistersVersions();
    void runsAreListedAndFiltered();
    void runsAreComparedByWhatDiffers();
    void aliasesTagsAndStagesAreOperations();
    void theFilesThatARecipeNamesAreExported();
    void theFirstPromotionIsJudgedAgainstTheBaseline();
    void aWorseCandidateIsBlocked();
    void approvingNeedsACommentAndUndoPutsItBack();
    void theHistoryTellsWhoAndWhy();
    void reportsAreWrittenAsPages();
    void aViewerMayOnlyLook();
    void aVersionIsMadeOfWhatARunLeft();
    void modelFilesAreLookedAtAndImported();
    void wrongInputIsTwo_data();
    void wrongInputIsTwo();
    void aWrongCommandLineNamesTheNearest_data();
    void aWrongCommandLineNamesTheNearest();
    void theJournalVerifiesAndIsExported();
    void anEditedJournalIsFound();

private:
    Answer pilot(const QStringList &arguments) const { return support::runPilot(m_folder.path(), arguments, QStringLiteral("verbs")); }
    void writeWorkspace(const QByteArray &role) const;
    QTemporaryDir m_folder;
    QString m_promotion; ///< carried out and undone
    QString m_program = support::pilotUnderTest();
};

void TestRegistryVerbs::writeWorkspace(const QByteArray &role) const {
    QVERIFY(writeFileAtomically(m_folder.filePath(QStringLiteral("pilothouse.yaml")),
                                "workspace: verbs\nrole: " + role + "\nconnections: {local: {kind: local, root: data}}\nmodels:\n  line:\n"
                                "    registry: {connection: local, name: line, champion: champion}\n    recipe: good.yaml\n    promotion: {approvals: 1}\n")
                .has_value());
}

void TestRegistryVerbs::initTestCase() {
    if (!QFileInfo(m_program).isExecutable())
        QSKIP("PILOTHOUSE_PILOT names no program: build the target pilot first");
    QByteArray good = "x,z,y\n", bad = "x,z,y\n";
    for (int i = 0; i < 1000; ++i) {
        const double x = (i * 37 % 101) / 10.0, z = (i * 53 % 89) / 7.0, noise = (i * 7919 % 13 - 6) / 10.0;
        const QByteArray row = QByteArray::number(x, 'g', 17) + ',' + QByteArray::number(z, 'g', 17) + ',';
        good += row + QByteArray::number(2 * x + z + noise, 'g', 17) + '\n';
        // Learned from: another law. Tested on: the true one (the split tests rows 4, 9, …).
        bad += row + QByteArray::number(i % 5 == 4 ? 2 * x + z + 0.5 + noise : x - z, 'g', 17) + '\n';
    }
    QVERIFY(writeFileAtomically(m_folder.filePath(QStringLiteral("good.csv")), good).has_value());
    QVERIFY(writeFileAtomically(m_folder.filePath(QStringLiteral("bad.csv")), bad).has_value());
    for (const char *name : {"good", "bad"})
        QVERIFY(writeFileAtomically(m_folder.filePath(Q(name) + QStringLiteral(".yaml")),
                                    QByteArray("recipe: ") + name + "\ndata: {source: " + name + ".csv}\ntask: regression\ntarget: y\nsplit: {every: 5}\nestimators: [linear_regression]\n")
                    .has_value());
    writeWorkspace("approver");
}

void TestRegistryVerbs::trainingRegistersVersions() {
    for (const char *name : {"good", "bad"})
        VERIFY_CODE(pilot({QStringLiteral("train"), Q(name) + QStringLiteral(".yaml"), QStringLiteral("--register"), QStringLiteral("line"), QStringLiteral("--out"), Q("out-") + Q(name)}), 0);
    VERIFY_CODE(pilot({QStringLiteral("registry"), QStringLiteral("register"), QStringLiteral("line"), QStringLiteral("out-good")}), 0);
    const Answer list = pilot({QStringLiteral("registry"), QStringLiteral("list")});
    VERIFY_CODE(list, 0);
    const QJsonObject model = list.object.value(Q("models")).toArray().at(0).toObject();
    QCOMPARE(model.value(Q("name")).toString(), QStringLiteral("line"));
    QCOMPARE(model.value(Q("latest")).toInt(), 3);
    const QJsonArray versions = pilot({QStringLiteral("registry"), QStringLiteral("show"), QStringLiteral("line")}).object.value(Q("versions")).toArray();
    QCOMPARE(versions.size(), 3);
    QCOMPARE(versions.at(0).toObject().value(Q("version")).toInt(), 3);
    QCOMPARE(versions.at(0).toObject().value(Q("digest")), versions.at(2).toObject().value(Q("digest"))); // the same package
    QVERIFY(versions.at(0).toObject().value(Q("run")).toString().size() == 32);
}

void TestRegistryVerbs::runsAreListedAndFiltered() {
    const QStringList runs{QStringLiteral("registry"), QStringLiteral("runs")};
    const Answer all = pilot(runs);
    VERIFY_CODE(all, 0);
    QCOMPARE(all.object.value(Q("source")).toString(), QStringLiteral("local"));
    const QJsonArray listed = all.object.value(Q("runs")).toArray();
    QCOMPARE(listed.size(), 2);
    const QJsonObject newest = listed[0].toObject();
    QCOMPARE(newest.value(Q("status")).toString(), QStringLiteral("FINISHED"));
    QVERIFY(newest.value(Q("metrics")).toObject().size() > 2);
    const QString id = newest.value(Q("run")).toString(), metric = newest.value(Q("metrics")).toObject().keys().first();
    const Answer one = pilot(runs + QStringList{QStringLiteral("--filter"), QStringLiteral("attributes.run_id = '%1' AND params.estimator LIKE 'linear%'").arg(id), QStringLiteral("--columns"), QStringLiteral("run_id,metrics.%1,metrics.%1:max,params.none").arg(metric)});
    VERIFY_CODE(one, 0);
    QCOMPARE(one.object.value(Q("total")).toInt(), 1);
    const QJsonObject columns = one.object.value(Q("runs")).toArray()[0].toObject().value(Q("columns")).toObject();
    QCOMPARE(columns.value(Q("run_id")).toString(), id);
    QVERIFY(columns.value(QStringLiteral("metrics.%1").arg(metric)).isDouble());
    QVERIFY(columns.value(QStringLiteral("metrics.%1:max").arg(metric)).toDouble() >= columns.value(QStringLiteral("metrics.%1").arg(metric)).toDouble());
    QVERIFY(columns.value(Q("params.none")).isNull());
    const Answer limited = pilot(runs + QStringList{QStringLiteral("--sort"), QStringLiteral("start_time"), QStringLiteral("--limit"), QStringLiteral("1")});
    QCOMPARE(limited.object.value(Q("total")).toInt(), 2);
    QVERIFY(limited.object.value(Q("runs")).toArray()[0].toObject().value(Q("run")).toString() != id);
    for (const QStringList &wrong : {QStringList{QStringLiteral("--filter"), QStringLiteral("metrics.mae <")}, QStringList{QStringLiteral("--columns"), QStringLiteral("colour")}, QStringList{QStringLiteral("--connection"), QStringLiteral("nowhere")}})
        VERIFY_CODE(pilot(runs + wrong), 2);
    QVERIFY(pilot(runs + QStringList{QStringLiteral("--filter"), QStringLiteral("metrics.mae <")}).error().value(Q("where")).toString().contains(QStringLiteral("column 13")));
}

void TestRegistryVerbs::runsAreComparedByWhatDiffers() {
    const auto compare = [this](const QStringList &runs) { return pilot(QStringList{QStringLiteral("registry"), QStringLiteral("compare")} + runs); };
    const QString one = QStringLiteral("line@1"), two = QStringLiteral("line@2");
    const Answer few = compare({one, two}), all = compare({one, two, QStringLiteral("--all")});
    VERIFY_CODE(few, 0);
    VERIFY_CODE(all, 0);
    QCOMPARE(few.object.value(Q("runs")).toArray().size(), 2);
    const QJsonArray rows = few.object.value(Q("rows")).toArray();
    QVERIFY(!rows.isEmpty());
    for (const QJsonValue &row : rows) {
        const QJsonArray values = row.toObject().value(Q("values")).toArray();
        QVERIFY(row.toObject().value(Q("differs")).toBool() && values.size() == 2 && values.at(0) != values.at(1));
    }
    QCOMPARE(all.object.value(Q("rows")).toArray().size(), rows.size() + few.object.value(Q("same")).toInt());
    VERIFY_CODE(compare({one, two, QStringLiteral("0123")}), 0); // a run that is gone is told, and the others are compared
    QCOMPARE(compare({one, two, QStringLiteral("0123")}).object.value(Q("missing")).toArray().at(0).toString(), QStringLiteral("0123"));
    VERIFY_CODE(compare({one, QStringLiteral("0123")}), 2); // one alone is not
    VERIFY_CODE(compare({one, one}), 2);
    VERIFY_CODE(compare({one}), 2);
    VERIFY_CODE(compare({one, QStringLiteral("line@99")}), 2);
}

void TestRegistryVerbs::aliasesTagsAndStagesAreOperations() {
    const QString line = QStringLiteral("line"), registry = QStringLiteral("registry"), alias = QStringLiteral("alias"), challenger = QStringLiteral("challenger");
    Answer a = pilot({registry, alias, line, challenger, QStringLiteral("2"), QStringLiteral("--plan")});
    VERIFY_CODE(a, 0);
    QCOMPARE(a.object.value(Q("plan")).toArray().at(0).toObject().value(Q("effect")).toString(), QStringLiteral("none → v2"));
    QVERIFY(pilot({registry, QStringLiteral("history"), line, QStringLiteral("--alias"), challenger}).object.value(Q("changes")).toArray().isEmpty());
    a = pilot({registry, alias, line, challenger, QStringLiteral("2")});
    VERIFY_CODE(a, 0);
    const QString operation = a.object.value(Q("operation")).toString();
    VERIFY_CODE(pilot({QStringLiteral("undo"), operation}), 0);
    VERIFY_CODE(pilot({QStringLiteral("undo"), operation}), 1); // it is back already
    const QJsonArray changes = pilot({registry, QStringLiteral("history"), line, QStringLiteral("--alias"), challenger}).object.value(Q("changes")).toArray();
    QCOMPARE(changes.size(), 2);
    QVERIFY(changes.at(0).toObject().value(Q("version")).isNull());
    VERIFY_CODE(pilot({registry, QStringLiteral("tag"), line, QStringLiteral("1"), QStringLiteral("team"), QStringLiteral("weather")}), 0);
    VERIFY_CODE(pilot({registry, QStringLiteral("stage"), line, QStringLiteral("1"), QStringLiteral("Staging")}), 0);
    VERIFY_CODE(pilot({registry, QStringLiteral("describe"), line, QStringLiteral("1"), QStringLiteral("the first")}), 0);
    const QJsonObject first = pilot({registry, QStringLiteral("show"), line}).object.value(Q("versions")).toArray().at(2).toObject();
    QCOMPARE(first.value(Q("tags")).toObject().value(Q("team")).toString(), QStringLiteral("weather"));
    QCOMPARE(first.value(Q("stage")).toString(), QStringLiteral("Staging"));
    QCOMPARE(first.value(Q("description")).toString(), QStringLiteral("the first"));
    VERIFY_CODE(pilot({registry, alias, line, QStringLiteral("champion"), QStringLiteral("1")}), 1); // only by a promotion
}

void TestRegistryVerbs::theFilesThatARecipeNamesAreExported() {
    QVERIFY(writeFileAtomically(m_folder.filePath(QStringLiteral("trees.yaml")), "recipe: trees\ndata: {source: good.csv}\ntask: regression\ntarget: y\nsplit: {every: 5}\n"
                                "estimators: [random_forest: {n_estimators: 5}]\nexport: [y.ubj, y.json]\n")
                .has_value());
    const QString registry = QStringLiteral("registry"), out = QStringLiteral("export"), trees = QStringLiteral("trees");
    VERIFY_CODE(pilot({QStringLiteral("train"), QStringLiteral("trees.yaml"), QStringLiteral("--register"), trees, QStringLiteral("--out"), QStringLiteral("out-trees")}), 0);
    VERIFY_CODE(pilot({registry, QStringLiteral("alias"), trees, QStringLiteral("challenger"), QStringLiteral("1")}), 0);
    QByteArray first;
    for (const char *reference : {"trees@1", "trees/1", "trees@challenger", "out-trees"}) { // all the same package
        const QString folder = QStringLiteral("models-%1").arg(QString(Q(reference)).replace(QLatin1Char('/'), QLatin1Char('-')));
        const Answer a = pilot({registry, out, Q(reference), folder});
        VERIFY_CODE(a, 0);
        QCOMPARE(QDir(m_folder.filePath(folder)).entryList(QDir::Files | QDir::Hidden, QDir::Name), (QStringList{QStringLiteral("y.json"), QStringLiteral("y.ubj")}));
        const QJsonObject file = a.object.value(Q("files")).toArray().at(0).toObject();
        QCOMPARE(file.value(Q("file")).toString(), m_folder.filePath(folder + QStringLiteral("/y.ubj")));
        QCOMPARE(file.value(Q("rows")).toInt(), 200);
        QVERIFY(file.value(Q("worst")).toDouble() <= file.value(Q("tolerance")).toDouble());
        const QByteArray bytes = *readFile(file.value(Q("file")).toString());
        QVERIFY(!bytes.isEmpty() && (first.isEmpty() || bytes == first));
        first = bytes;
    }
    const Answer again = pilot({registry, out, QStringLiteral("trees@1"), QStringLiteral("models-trees@1")});
    VERIFY_CODE(again, 1); // the files are there
    QVERIFY(again.errors.contains(QStringLiteral("--overwrite")) || again.error().value(Q("hint")).toString().contains(QStringLiteral("--overwrite")));
    VERIFY_CODE(pilot({registry, out, QStringLiteral("trees@1"), QStringLiteral("models-trees@1"), QStringLiteral("--overwrite")}), 0);
    VERIFY_CODE(pilot({registry, out, QStringLiteral("line@1"), QStringLiteral("models-line")}), 2); // its recipe names none
    QVERIFY(!QFileInfo::exists(m_folder.filePath(QStringLiteral("models-line"))));
    QVERIFY(pilot({registry, out, trees, QStringLiteral("models-none")}).code != 0); // it has no champion
}

void TestRegistryVerbs::theFirstPromotionIsJudgedAgainstTheBaseline() {
    Answer a = pilot({QStringLiteral("promote"), QStringLiteral("line"), QStringLiteral("1"), QStringLiteral("--plan")});
    VERIFY_CODE(a, 0);
    const QJsonObject evidence = a.object.value(Q("evidence")).toObject();
    QCOMPARE(evidence.value(Q("rows")).toInt(), 200);
    QCOMPARE(evidence.value(Q("baseline")).toString(), QStringLiteral("mean"));
    QVERIFY(evidence.value(Q("champion")).isNull());
    QVERIFY(a.object.value(Q("request")).isNull());
    QVERIFY(!a.object.value(Q("blocked")).toBool(true));
    QCOMPARE(a.object.value(Q("plan")).toArray().size(), 1);
    a = pilot({QStringLiteral("promote"), QStringLiteral("line"), QStringLiteral("1"), QStringLiteral("--comment"), QStringLiteral("the first")});
    VERIFY_CODE(a, 0);
    QCOMPARE(a.object.value(Q("request")).toObject().value(Q("state")).toString(), QStringLiteral("done"));
}

void TestRegistryVerbs::aWorseCandidateIsBlocked() {
    const Answer a = pilot({QStringLiteral("promote"), QStringLiteral("line"), QStringLiteral("2")});
    VERIFY_CODE(a, 1);
    QVERIFY(a.object.value(Q("blocked")).toBool());
    QVERIFY(a.object.value(Q("request")).isNull());
    QVERIFY(a.object.value(Q("evidence")).toObject().value(Q("sentence")).toString().contains(QStringLiteral("v2 is worse than v1")));
}

void TestRegistryVerbs::approvingNeedsACommentAndUndoPutsItBack() {
    Answer a = pilot({QStringLiteral("promote"), QStringLiteral("line"), QStringLiteral("3")});
    VERIFY_CODE(a, 0); // the same model: not distinguishable, which warns
    const QJsonObject asked = a.object.value(Q("request")).toObject();
    QCOMPARE(asked.value(Q("state")).toString(), QStringLiteral("pending"));
    const QString id = asked.value(Q("id")).toString();
    VERIFY_CODE(pilot({QStringLiteral("approve"), id}), 2);
    VERIFY_CODE(pilot({QStringLiteral("approve"), id, QStringLiteral("--comment"), QStringLiteral(" ")}), 2);
    a = pilot({QStringLiteral("approve"), id, QStringLiteral("--comment"), QStringLiteral("newer data")});
    VERIFY_CODE(a, 0);
    QCOMPARE(a.object.value(Q("request")).toObject().value(Q("approvals")).toArray().at(0).toObject().value(Q("comment")).toString(), QStringLiteral("newer data"));
    VERIFY_CODE(pilot({QStringLiteral("reject"), id, QStringLiteral("--comment"), QStringLiteral("too late")}), 1);
    const QString now = QDateTime::currentDateTimeUtc().addSecs(1).toString(Qt::ISODate);
    QCOMPARE(pilot({QStringLiteral("registry"), QStringLiteral("live"), QStringLiteral("line"), QStringLiteral("--at"), now}).object.value(Q("version")).toInt(), 3);
    QVERIFY(pilot({QStringLiteral("registry"), QStringLiteral("live"), QStringLiteral("line"), QStringLiteral("--at"), QStringLiteral("2001-01-01")}).object.value(Q("version")).isNull());
    a = pilot({QStringLiteral("undo"), id, QStringLiteral("--comment"), QStringLiteral("bias at night")});
    VERIFY_CODE(a, 0);
    QCOMPARE(a.object.value(Q("request")).toObject().value(Q("state")).toString(), QStringLiteral("undone"));
    const QJsonObject aliases = pilot({QStringLiteral("registry"), QStringLiteral("list")}).object.value(Q("models")).toArray().at(0).toObject().value(Q("aliases")).toObject();
    QCOMPARE(aliases, (QJsonObject{{Q("champion"), 1}}));
    VERIFY_CODE(pilot({QStringLiteral("undo"), id}), 1);
    m_promotion = id;
}

void TestRegistryVerbs::theHistoryTellsWhoAndWhy() {
    const QString line = QStringLiteral("line"), registry = QStringLiteral("registry");
    Answer a = pilot({registry, QStringLiteral("history"), line});
    VERIFY_CODE(a, 0);
    QStringList kinds;
    QJsonObject undone;
    for (const QJsonValue &v : a.object.value(Q("changes")).toArray()) {
        kinds.prepend(v.toObject().value(Q("kind")).toString());
        if (kinds.first() == Q("undone"))
            undone = v.toObject();
    }
    for (const char *kind : {"registered", "alias", "tag", "stage", "description", "asked", "approved", "promoted", "undone", "refused"})
        QVERIFY2(kinds.contains(Q(kind)), kind);
    QVERIFY(kinds.indexOf(Q("registered")) < kinds.indexOf(Q("promoted")) && kinds.indexOf(Q("promoted")) < kinds.indexOf(Q("undone")));
    QVERIFY2(!kinds.contains(Q("outside")), qPrintable(kinds.join(QLatin1Char(' '))));
    QCOMPARE(undone.value(Q("why")).toString(), QStringLiteral("bias at night"));
    QCOMPARE(undone.value(Q("promotion")).toString(), m_promotion);
    QVERIFY(undone.value(Q("journal")).toObject().value(Q("line")).toInt() > 0);
    QCOMPARE(pilot({registry, QStringLiteral("history"), line, QStringLiteral("--kind"), QStringLiteral("undone")}).object.value(Q("changes")).toArray().size(), 1);
    QVERIFY(pilot({registry, QStringLiteral("history"), line, QStringLiteral("--until"), QStringLiteral("2001-01-01")}).object.value(Q("changes")).toArray().isEmpty());
    const QString now = QDateTime::currentDateTimeUtc().addSecs(1).toString(Qt::ISODate);
    a = pilot({registry, QStringLiteral("live"), line, QStringLiteral("--at"), now});
    QCOMPARE(a.object.value(Q("version")).toInt(), 1); // back by the undo
    QVERIFY(a.object.value(Q("to")).isNull());
    QCOMPARE(a.object.value(Q("why")).toString(), QStringLiteral("bias at night"));
    VERIFY_CODE(pilot({registry, QStringLiteral("history"), QStringLiteral("nobody")}), 2);
}

void TestRegistryVerbs::reportsAreWrittenAsPages() {
    const QString report = QStringLiteral("report"), out = QStringLiteral("--out");
    Answer a = pilot({report, QStringLiteral("promotion"), m_promotion, out, QStringLiteral("p.html")});
    VERIFY_CODE(a, 0);
    const QByteArray page = *readFile(m_folder.filePath(QStringLiteral("p.html")));
    QCOMPARE(a.object.value(Q("bytes")).toInt(), int(page.size()));
    QVERIFY(page.startsWith("<!DOCTYPE html>") && page.contains("newer data") && page.contains("bias at night"));
    QVERIFY(page.contains("the same as the journal holds of the asking"));
    QVERIFY(page.contains("<svg"));
    a = pilot({report, QStringLiteral("model"), QStringLiteral("line"), out, QStringLiteral("m.html")});
    VERIFY_CODE(a, 0);
    QVERIFY(readFile(m_folder.filePath(QStringLiteral("m.html")))->contains("What was live when"));
    VERIFY_CODE(pilot({report, QStringLiteral("promotion"), m_promotion, out, QStringLiteral("p.pdf")}), 2);
    VERIFY_CODE(pilot({report, QStringLiteral("promotion"), QStringLiteral("p-none"), out, QStringLiteral("n.html")}), 2);
    VERIFY_CODE(pilot({report, QStringLiteral("model"), QStringLiteral("line"), QStringLiteral("--since"), QStringLiteral("2024-01-02"), QStringLiteral("--until"), QStringLiteral("2024-01-01"), out, QStringLiteral("n.html")}), 2);
    QVERIFY(!QFileInfo::exists(m_folder.filePath(QStringLiteral("n.html"))));
    a = pilot({QStringLiteral("skew")});
    VERIFY_CODE(a, 0);
    QCOMPARE(a.object.value(Q("models")).toArray().first().toObject().value(Q("state")).toString(), QStringLiteral("unknown")); // nothing serves it
}

void TestRegistryVerbs::aViewerMayOnlyLook() {
    writeWorkspace("viewer");
    VERIFY_CODE(pilot({QStringLiteral("registry"), QStringLiteral("show"), QStringLiteral("line")}), 0);
    VERIFY_CODE(pilot({QStringLiteral("promote"), QStringLiteral("line"), QStringLiteral("3"), QStringLiteral("--plan")}), 0);
    const Answer a = pilot({QStringLiteral("promote"), QStringLiteral("line"), QStringLiteral("3")});
    VERIFY_CODE(a, 1);
    QVERIFY2(a.error().value(Q("what")).toString().contains(QStringLiteral("Role viewer may not")), qPrintable(a.errors));
    VERIFY_CODE(pilot({QStringLiteral("registry"), QStringLiteral("alias"), QStringLiteral("line"), QStringLiteral("challenger"), QStringLiteral("1")}), 1);
    writeWorkspace("approver");
    const QJsonObject last = pilot({QStringLiteral("journal")}).object.value(Q("entries")).toArray().at(0).toObject();
    QCOMPARE(last.value(Q("phase")).toString(), QStringLiteral("refused"));
    QCOMPARE(last.value(Q("kind")).toString(), QStringLiteral("set-alias"));
    writeWorkspace("viewer"); // serving and training into the registry are writes as well, and a refusal is a line of the journal
    VERIFY_CODE(pilot({QStringLiteral("serve"), QStringLiteral("line")}), 1);
    VERIFY_CODE(pilot({QStringLiteral("train"), QStringLiteral("good.yaml"), QStringLiteral("--register"), QStringLiteral("line"), QStringLiteral("--out"), QStringLiteral("out-viewer")}), 1);
    writeWorkspace("approver");
    const QJsonObject refused = pilot({QStringLiteral("journal")}).object.value(Q("entries")).toArray().at(0).toObject();
    QCOMPARE(refused.value(Q("phase")).toString(), QStringLiteral("refused"));
    QCOMPARE(refused.value(Q("kind")).toString(), QStringLiteral("train"));
    QVERIFY(!QFileInfo::exists(m_folder.filePath(QStringLiteral("out-viewer"))));
}

void TestRegistryVerbs::aVersionIsMadeOfWhatARunLeft() {
    const Answer trained = pilot({QStringLiteral("train"), QStringLiteral("good.yaml"), QStringLiteral("--out"), QStringLiteral("out-left")});
    VERIFY_CODE(trained, 0);
    const QString run = trained.object.value(Q("run")).toString();
    const QStringList wish{QStringLiteral("registry"), QStringLiteral("register"), QStringLiteral("later"), QStringLiteral("--run"), run};
    const Answer plan = pilot(wish + QStringList{QStringLiteral("--plan")});
    VERIFY_CODE(plan, 0);
    QVERIFY(plan.object.value(Q("plan")).toArray().at(0).toObject().value(Q("command")).toString().contains(QStringLiteral("--run ") + run));
    VERIFY_CODE(pilot({QStringLiteral("registry"), QStringLiteral("show"), QStringLiteral("later")}), 2); // nothing was written
    const Answer made = pilot(wish);
    VERIFY_CODE(made, 0);
    QCOMPARE(made.object.value(Q("version")).toInt(), 1);
    QCOMPARE(made.object.value(Q("run")).toString(), run);
    QCOMPARE(made.object.value(Q("digest")), trained.object.value(Q("digest")));
    VERIFY_CODE(pilot({QStringLiteral("undo"), made.object.value(Q("operation")).toString()}), 0);
    QVERIFY(pilot({QStringLiteral("registry"), QStringLiteral("show"), QStringLiteral("later")}).object.value(Q("versions")).toArray().isEmpty());
    // What somebody changed since is not registered.
    QVERIFY(QFile::remove(m_folder.filePath(QStringLiteral("out-left/metrics.json"))));
    VERIFY_CODE(pilot(wish), 2);
    VERIFY_CODE(pilot({QStringLiteral("registry"), QStringLiteral("register"), QStringLiteral("later"), QStringLiteral("--run"), QStringLiteral("none")}), 2);
}

void TestRegistryVerbs::modelFilesAreLookedAtAndImported() {
    const auto file = [](const char *name) { return QStringLiteral(PILOTHOUSE_SOURCE_DIR "/tests/unit/") + Q(name); };
    const auto inspect = [&](const QString &path) { return pilot({QStringLiteral("registry"), QStringLiteral("inspect"), path}); };
    const Answer pickle = inspect(file("artifact/pickles/evil.pkl")), trees = inspect(file("learn/imported/three.ubj"));
    VERIFY_CODE(pickle, 0);
    QCOMPARE(pickle.object.value(Q("kind")).toString(), QStringLiteral("pickle"));
    QCOMPARE(pickle.object.value(Q("dangerous")).toArray().at(0).toString(), QStringLiteral("posix.system"));
    VERIFY_CODE(trees, 0);
    QCOMPARE(trees.object.value(Q("kind")).toString(), QStringLiteral("xgboost"));
    QCOMPARE(trees.object.value(Q("classes")).toInt(), 3);
    VERIFY_CODE(inspect(m_folder.filePath(QStringLiteral("pilothouse.yaml"))), 2);
    VERIFY_CODE(inspect(m_folder.filePath(QStringLiteral("nothing.pt"))), 2);
    // What is said of a forecast is told apart from what a file of another task is.
    const QStringList taken{QStringLiteral("registry"), QStringLiteral("import"), file("learn/imported/number.json"), QStringLiteral("--model"), QStringLiteral("foreign"), QStringLiteral("--rows"), file("learn/imported/number.csv")};
    const Answer wrong = pilot(taken + QStringList{QStringLiteral("--window"), QStringLiteral("24")});
    VERIFY_CODE(wrong, 2);
    QVERIFY2(wrong.error().value(Q("what")).toString().contains(QStringLiteral("belong to a forecast")), qPrintable(wrong.errors));
    VERIFY_CODE(pilot(taken + QStringList{QStringLiteral("--window"), QStringLiteral("0")}), 2);
    const Answer imported = pilot(taken + QStringList{QStringLiteral("--expected"), QStringLiteral("p0"), QStringLiteral("--target"), QStringLiteral("y"), QStringLiteral("--missing=-999")});
    VERIFY_CODE(imported, 0);
    QVERIFY(imported.object.value(Q("verified")).toBool());
    QVERIFY(!imported.object.contains(Q("baselines"))); // of forecasts
}

void TestRegistryVerbs::wrongInputIsTwo_data() {
    QTest::addColumn<QStringList>("arguments");
    const auto row = [](const char *name, const char *arguments) { QTest::newRow(name) << QString::fromLatin1(arguments).split(QLatin1Char(' ')); };
    row("an unknown model", "registry show none");
    row("an unknown version", "promote line 99");
    row("an unknown promotion", "approve p-none --comment x");
    row("an unknown operation", "undo op-none");
    row("no time", "registry live line --at yesterday");
    row("neither a version nor --delete", "registry alias line challenger");
    row("a folder that is no package", "registry register line .");
    row("neither a package nor a run", "registry register line");
    row("a name that leaves the folder", "registry register ../x out-good");
    row("an unknown sub-verb", "journal burn");
}

void TestRegistryVerbs::wrongInputIsTwo() {
    QFETCH(const QStringList, arguments);
    VERIFY_CODE(pilot(arguments), 2);
}

void TestRegistryVerbs::aWrongCommandLineNamesTheNearest_data() {
    QTest::addColumn<QString>("arguments");
    QTest::addColumn<QString>("what");
    QTest::addColumn<QString>("hint");
    const auto row = [](const char *arguments, const char *what, const char *hint) { QTest::newRow(arguments) << QString::fromLatin1(arguments) << QString::fromLatin1(what) << QString::fromLatin1(hint); };
    row("promot line", "There is no verb pilot promot.", "Did you mean promote?");
    row("journal verfy", "There is no verb pilot journal verfy.", "Did you mean verify?");
    row("registry", "pilot registry needs a verb: ", "pilot registry --help");
    row("train a.yaml --reusme 3", "pilot train has no option --reusme.", "Did you mean --resume?");
    row("undo", "pilot undo:", "pilot undo --help");
}

void TestRegistryVerbs::aWrongCommandLineNamesTheNearest() {
    QFETCH(const QString, arguments);
    QFETCH(const QString, what);
    QFETCH(const QString, hint);
    const Answer given = pilot(arguments.split(QLatin1Char(' ')));
    QCOMPARE(given.code, 2);
    QVERIFY2(given.error().value(Q("what")).toString().startsWith(what), qPrintable(given.errors));
    QVERIFY2(given.error().value(Q("hint")).toString().startsWith(hint), qPrintable(given.errors));
}

void TestRegistryVerbs::theJournalVerifiesAndIsExported() {
    Answer a = pilot({QStringLiteral("journal"), QStringLiteral("verify")});
    VERIFY_CODE(a, 0);
    QVERIFY(a.object.value(Q("intact")).toBool());
    QVERIFY(a.object.value(Q("authenticated")).toBool());
    const qint64 entries = a.object.value(Q("entries")).toInteger();
    a = pilot({QStringLiteral("journal"), QStringLiteral("export"), QStringLiteral("--out"), QStringLiteral("copy.jsonl")});
    VERIFY_CODE(a, 0);
    QCOMPARE(a.object.value(Q("entries")).toInteger(), entries);
    QCOMPARE((*readFile(m_folder.filePath(QStringLiteral("copy.jsonl")))).count('\n'), entries);
}

void TestRegistryVerbs::anEditedJournalIsFound() {
    const QString file = m_folder.filePath(QStringLiteral("data/journal.jsonl"));
    QByteArray bytes = *readFile(file);
    bytes.replace(bytes.indexOf("newer data"), 10, "older data");
    QVERIFY(writeFileAtomically(file, bytes).has_value());
    const Answer a = pilot({QStringLiteral("journal"), QStringLiteral("verify")});
    VERIFY_CODE(a, 1);
    QVERIFY(!a.object.value(Q("intact")).toBool(true));
    QVERIFY(a.object.value(Q("first_bad_line")).isDouble());
}

QTEST_GUILESS_MAIN(TestRegistryVerbs)
#include "tst_registry_verbs.moc"
