// SPDX-License-Identifier: GPL-3.0-or-later
// The list of workloads under changes: order and headings, the smallest signals, the filter, clusters that are not there, a thousand lines.
#include "widgets/cluster/workload_list_model.h"

#include <QAbstractItemModelTester>
#include <QJsonArray>
#include <QJsonObject>
#include <QSignalSpy>
#include <QTest>

using namespace pilothouse;
using namespace pilothouse::ui;
using Q = QLatin1String;
namespace kinds = pilothouse::cluster::kinds;

namespace {

cluster::KubeRowPtr deployment(const QString &space, const QString &name, int ready, int desired, int version = 1, const QString &reason = {}) {
    QJsonObject status{{Q("replicas"), desired}, {Q("updatedReplicas"), desired}, {Q("readyReplicas"), ready}, {Q("availableReplicas"), ready}, {Q("observedGeneration"), 1}};
    if (!reason.isEmpty())
        status.insert(Q("conditions"), QJsonArray{QJsonObject{{Q("type"), Q("Progressing")}, {Q("status"), Q("False")}, {Q("reason"), reason}, {Q("message"), Q("it took too long")}}});
    const QJsonObject container{{Q("name"), Q("api")}, {Q("image"), Q("registry.example/team/api:1")}};
    const auto row = cluster::kubeRow(kinds::Deployment, {{Q("metadata"), QJsonObject{{Q("name"), name}, {Q("namespace"), space}, {Q("uid"), space + name}, {Q("resourceVersion"), QString::number(version)}, {Q("generation"), 1}}},
                                                          {Q("spec"), QJsonObject{{Q("replicas"), desired}, {Q("template"), QJsonObject{{Q("spec"), QJsonObject{{Q("containers"), QJsonArray{container}}}}}}}},
                                                          {Q("status"), status}});
    return row ? *row : nullptr;
}

cluster::KubeChanges inserted(std::vector<cluster::KubeRowPtr> rows) {
    cluster::KubeChanges out;
    out.inserted = std::move(rows);
    return out;
}

QStringList lines(const WorkloadListModel &model) {
    QStringList out;
    for (int i = 0; i < model.rowCount(); ++i) {
        const QModelIndex at = model.index(i);
        out << (at.data(GroupRole).toBool() ? QStringLiteral("# %1 %2").arg(at.data().toString(), at.data(RightRole).toString()) : QStringLiteral("%1 %2").arg(at.data().toString(), at.data(RightRole).toString())).trimmed();
    }
    return out;
}

fleet::ClusterSight live(const QString &name) {
    fleet::ClusterSight sight;
    sight.connection = name;
    sight.opened = sight.complete = true;
    return sight;
}

} // namespace

class TestWorkloadList : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void linesStandUnderNamespaceAndCluster() {
        WorkloadListModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.apply(QStringLiteral("lab"), kinds::Deployment, inserted({deployment(Q("ml"), Q("web"), 3, 3), deployment(Q("ml"), Q("api"), 1, 2), deployment(Q("iris"), Q("serving"), 2, 2)}));
        model.apply(QStringLiteral("eks"), kinds::Deployment, inserted({deployment(Q("ml"), Q("web"), 1, 1)}));
        QCOMPARE(lines(model), (QStringList{Q("# iris lab"), Q("serving 2/2"), Q("# ml eks"), Q("web 1/1"), Q("# ml lab"), Q("api 1/2"), Q("web 3/3")}));
        QCOMPARE(model.index(5).data(StateRole).toInt(), int(State::Running));
        QCOMPARE(model.index(5).data(IdRole).toString(), QStringLiteral("lab|deployment|ml|api"));
        QVERIFY(!(model.flags(model.index(0)) & Qt::ItemIsSelectable));
        fleet::ModelRow endpoint;
        endpoint.name = QStringLiteral("t2m");
        model.setEndpoints({endpoint});
        QCOMPARE(lines(model).mid(0, 3), (QStringList{Q("# Endpoints"), Q("t2m not served"), Q("# iris lab")}));
    }

    void aChangeIsOneSignalAndARemovalTakesItsHeading() {
        WorkloadListModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.apply(QStringLiteral("lab"), kinds::Deployment, inserted({deployment(Q("a"), Q("one"), 1, 1), deployment(Q("b"), Q("two"), 1, 1)}));
        QSignalSpy data(&model, &QAbstractItemModel::dataChanged), rows(&model, &QAbstractItemModel::rowsInserted), removed(&model, &QAbstractItemModel::rowsRemoved);
        cluster::KubeChanges change;
        change.changed = {deployment(Q("b"), Q("two"), 0, 1, 2, Q("ProgressDeadlineExceeded"))};
        model.apply(QStringLiteral("lab"), kinds::Deployment, change);
        QCOMPARE(data.size(), 1);
        QCOMPARE(data[0][0].toModelIndex().row(), 3);
        QCOMPARE(model.index(3).data(StateRole).toInt(), int(State::Bad));
        QVERIFY(model.index(3).data(RightRole).toString().contains(QStringLiteral("ProgressDeadlineExceeded")));
        change.changed = {deployment(Q("b"), Q("two"), 0, 1, 3, Q("ProgressDeadlineExceeded"))}; // another version that looks the same
        model.apply(QStringLiteral("lab"), kinds::Deployment, change);
        QCOMPARE(data.size(), 1);
        cluster::KubeChanges gone;
        gone.removed = {QStringLiteral("b/two")};
        model.apply(QStringLiteral("lab"), kinds::Deployment, gone);
        QCOMPARE(lines(model), (QStringList{Q("# a lab"), Q("one 1/1")}));
        QCOMPARE(removed.size(), 1);
        QCOMPARE(rows.size(), 0);
    }

    void theFilterKeepsHeadingsOfWhatFits() {
        WorkloadListModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.apply(QStringLiteral("lab"), kinds::Deployment, inserted({deployment(Q("a"), Q("one"), 1, 1), deployment(Q("b"), Q("two"), 1, 1)}));
        model.setWords(QStringLiteral("TWO lab"));
        QCOMPARE(lines(model), (QStringList{Q("# b lab"), Q("two 1/1")}));
        cluster::KubeChanges later = inserted({deployment(Q("b"), Q("twotwo"), 1, 1)});
        model.apply(QStringLiteral("lab"), kinds::Deployment, later);
        QCOMPARE(model.rowCount(), 3);
        model.setWords(QStringLiteral("team/api:1"));
        QCOMPARE(model.rowCount(), 5);
        model.setWords(QStringLiteral("nothing such"));
        QCOMPARE(model.rowCount(), 0);
        model.setWords({});
        QCOMPARE(model.rowCount(), 5);
    }

    void aClusterThatIsNotThereSaysWhyAndItsLinesAreOld() {
        WorkloadListModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        const QDateTime now = QDateTime::fromSecsSinceEpoch(1'700'000'000, Qt::UTC);
        model.setSight(live(QStringLiteral("lab")), now);
        model.apply(QStringLiteral("lab"), kinds::Deployment, inserted({deployment(Q("ml"), Q("web"), 1, 1)}));
        QCOMPARE(lines(model), (QStringList{Q("# ml lab"), Q("web 1/1")}));
        fleet::ClusterSight away = live(QStringLiteral("lab"));
        away.problem = Error{ErrorKind::Unreachable, QStringLiteral("The connection was refused."), {}, {}, {}};
        away.staleSince = now.addSecs(-7200);
        model.setSight(away, now);
        QCOMPARE(lines(model).size(), 4);
        QCOMPARE(model.index(0).data().toString(), QStringLiteral("Clusters"));
        QCOMPARE(model.index(1).data(SecondRole).toString(), QStringLiteral("The connection was refused."));
        QCOMPARE(model.index(3).data(RightRole).toString(), QStringLiteral("2 h old"));
        QCOMPARE(model.index(3).data(StateRole).toInt(), int(State::Stale));
        model.setSight(live(QStringLiteral("lab")), now);
        QCOMPARE(lines(model), (QStringList{Q("# ml lab"), Q("web 1/1")}));
    }

    void aThousandComeInAFewSignals() {
        WorkloadListModel model;
        QSignalSpy rows(&model, &QAbstractItemModel::rowsInserted);
        std::vector<cluster::KubeRowPtr> all;
        for (int i = 0; i < 1000; ++i)
            all.push_back(deployment(QStringLiteral("space-%1").arg(i % 20), QStringLiteral("web-%1").arg(i), 1, 1));
        model.apply(QStringLiteral("lab"), kinds::Deployment, inserted(all));
        QCOMPARE(model.rowCount(), 1020);
        QCOMPARE(model.workloads(), 1000);
        QCOMPARE(rows.size(), 1);
    }
};

QTEST_MAIN(TestWorkloadList)
#include "tst_workload_list.moc"
