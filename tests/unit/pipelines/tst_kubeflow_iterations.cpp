// SPDX-License-Identifier: GPL-3.0-or-later
// Loops (ParallelFor) in the stages of a run: as KFP 2 tells them, which gives the nodes of Argo's workflow without their names, and as servers do that say whose child a task is.
#include "core/pipelines/kubeflow_runs.h"
#include "core/pipelines/kubeflow_stages.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>

#include <algorithm>

using namespace pilothouse;
using namespace pilothouse::pipelines;

namespace {

using Q = QLatin1String;
const QString wf = QStringLiteral("shards-x7k2p");

/// Argo: NAME-FNV32a(whole name).
QString node(const QString &path) {
    quint32 hash = 0x811c9dc5u;
    for (const char c : path.toUtf8()) {
        hash ^= quint8(c);
        hash *= 0x01000193u;
    }
    return path == wf ? wf : QStringLiteral("%1-%2").arg(wf).arg(hash);
}

/// A workflow as KFP 2 tells it: a task each node, its children by their nodes' ids.
struct Workflow {
    QJsonArray tasks;
    bool told = false; ///< pod_name too
    void add(const QString &path, const char *state, const QStringList &children) {
        QJsonArray below;
        for (const QString &child : children)
            below << QJsonObject{{Q("pod_name"), node(child)}};
        const int number = int(tasks.size());
        QJsonObject task{{Q("task_id"), QStringLiteral("uuid-%1").arg(number)}, {Q("display_name"), path.mid(path.lastIndexOf(QLatin1Char('.')) + 1)}, {Q("state"), Q(state)},
                         {Q("start_time"), QStringLiteral("2026-01-01T00:%1:00Z").arg(number % 60, 2, 10, QLatin1Char('0'))}, {Q("child_tasks"), below}};
        if (told)
            task.insert(Q("pod_name"), node(path));
        tasks << task;
    }
    /// Driver, task and executor; `after`: what follows the executor. With tries, the last of them has the task's state.
    void task(const QString &path, const char *state, const QStringList &after, int tries = 0) {
        const QString executor = path + QStringLiteral(".executor");
        add(path + QStringLiteral("-driver"), "SUCCEEDED", {path});
        add(path, state, {executor});
        QStringList each;
        for (int i = 0; i < tries; ++i)
            each << executor + QStringLiteral("(%1)").arg(i);
        add(executor, state, tries ? each : after);
        for (int i = 0; i < tries; ++i)
            add(each[i], i + 1 < tries ? "FAILED" : state, i + 1 < tries ? QStringList() : after);
    }
    /// The node of a loop and of its rounds. @return the places of the rounds' tasks
    QStringList loop(const QString &path, const char *state, const std::vector<const char *> &states, const QString &first) {
        const QString all = path + QStringLiteral(".iteration-iterations");
        add(path, state, {path + QStringLiteral(".iteration-driver")});
        add(path + QStringLiteral(".iteration-driver"), "SUCCEEDED", {all});
        QStringList rounds, places;
        for (std::size_t i = 0; i < states.size(); ++i)
            rounds << QStringLiteral("%1(%2:%2)").arg(all).arg(i);
        add(all, state, rounds);
        for (std::size_t i = 0; i < states.size(); ++i) {
            const QString item = rounds[qsizetype(i)] + QStringLiteral(".iteration-item");
            add(rounds[qsizetype(i)], states[i], {item + QStringLiteral("-driver")});
            add(item + QStringLiteral("-driver"), "SUCCEEDED", {item});
            add(item, states[i], {item + QLatin1Char('.') + first});
            places << item;
        }
        return places;
    }
    void begin(const QString &first) {
        add(wf, "RUNNING", {wf + QStringLiteral(".root-driver")});
        add(wf + QStringLiteral(".root-driver"), "SUCCEEDED", {wf + QStringLiteral(".root")});
        add(wf + QStringLiteral(".root"), "RUNNING", {wf + QStringLiteral(".root.") + first});
    }
};

const char *shardSpec = "{'components':{'comp-for-loop-1':{'dag':{'tasks':{'profile':{'componentRef':{'name':'comp-profile'},'taskInfo':{'name':'profile'}}}}},'comp-profile':{'executorLabel':'x'}},"
    "'root':{'inputDefinitions':{'parameters':{'shards':{'parameterType':'LIST'}}},'dag':{'tasks':{"
    "'list':{'componentRef':{'name':'comp-profile'},'taskInfo':{'name':'list'}},"
    "'merge':{'componentRef':{'name':'comp-profile'},'taskInfo':{'name':'merge'},'dependentTasks':['for-loop-1']},"
    "'for-loop-1':{'componentRef':{'name':'comp-for-loop-1'},'dependentTasks':['list'],'inputs':{'parameters':{'pipelinechannel--shards':{'componentInputParameter':'shards'}}},"
    "'parameterIterator':{'itemInput':'item','items':{'inputParameter':'pipelinechannel--shards'}},'taskInfo':{'name':'shards'}}}}}}";

QJsonObject runOf(const QJsonArray &tasks, const char *spec, const QJsonArray &items = {}) {
    return {{Q("run_id"), Q("r")}, {Q("state"), Q("RUNNING")}, {Q("runtime_config"), QJsonObject{{Q("parameters"), QJsonObject{{Q("shards"), items}}}}},
            {Q("pipeline_spec"), spec ? QJsonDocument::fromJson(QByteArray(spec).replace('\'', '"')).object() : QJsonObject()}, {Q("run_details"), QJsonObject{{Q("task_details"), tasks}}}};
}
const QJsonArray four{Q("s3://d/0.csv"), Q("s3://d/1.csv"), Q("s3://d/2.csv"), Q("s3://d/3.csv")};

/// One round has passed, one failed at its second try, one runs, one waits (the loop's parallelism).
QJsonArray shards(bool told = false) {
    Workflow w;
    w.told = told;
    const QString root = wf + QStringLiteral(".root."), loop = root + QStringLiteral("for-loop-1"), merge = root + QStringLiteral("merge-driver");
    w.begin(QStringLiteral("list-driver"));
    w.task(root + QStringLiteral("list"), "SUCCEEDED", {loop});
    const QStringList places = w.loop(loop, "RUNNING", {"SUCCEEDED", "FAILED", "RUNNING"}, QStringLiteral("profile-driver"));
    w.task(places[0] + QStringLiteral(".profile"), "SUCCEEDED", {merge});
    w.task(places[1] + QStringLiteral(".profile"), "FAILED", {merge}, 2);
    w.task(places[2] + QStringLiteral(".profile"), "RUNNING", {});
    return w.tasks;
}

/// The same of a server that says whose child each is. Rounds are tasks of their own (of this type), or stand in what is in them.
QJsonArray byParents(const char *rounds) {
    QJsonArray tasks;
    const auto add = [&](const char *id, const char *name, const char *type, const QString &parent, const char *state, int index = -1) {
        QJsonObject task{{Q("task_id"), Q(id)}, {Q("name"), Q(name)}, {Q("display_name"), Q(name)}, {Q("type"), Q(type)}, {Q("parent_task_id"), parent}, {Q("state"), Q(state)}};
        if (index >= 0)
            task.insert(Q("type_attributes"), QJsonObject{{Q("iteration_index"), QString::number(index)}});
        if (QByteArray(type) == "RUNTIME")
            task.insert(Q("pods"), QJsonArray{QJsonObject{{Q("name"), QStringLiteral("driver-of-") + Q(id)}, {Q("type"), Q("DRIVER")}}, QJsonObject{{Q("name"), QStringLiteral("pod-of-") + Q(id)}, {Q("type"), Q("EXECUTOR")}}});
        tasks << task;
    };
    add("0", "root", "ROOT", {}, "RUNNING");
    add("1", "list", "RUNTIME", Q("0"), "SUCCEEDED");
    add("2", "for-loop-1", "LOOP", Q("0"), "RUNNING");
    const char *states[] = {"SUCCEEDED", "FAILED", "RUNNING"}, *ids[] = {"i0", "i1", "i2"}, *own[] = {"p0", "p1", "p2"};
    for (int i = 2; i >= 0; --i) {
        if (rounds)
            add(ids[i], "for-loop-1", rounds, Q("2"), states[i], i);
        add(own[i], "profile", "RUNTIME", rounds ? Q(ids[i]) : Q("2"), states[i], rounds ? -1 : i);
    }
    return tasks;
}

QJsonArray reversed(const QJsonArray &tasks) {
    QJsonArray out;
    for (const QJsonValue &task : tasks)
        out.prepend(task);
    return out;
}

QString told(const std::vector<Stage> &stages) {
    QStringList lines;
    for (const Stage &stage : stages)
        lines << QStringLiteral("%1 [%2] %3 <%4> %5").arg(stage.name, stage.key(), stateName(stage.state), stage.after.join(QLatin1Char(',')), stage.note);
    return lines.join(QLatin1Char('\n'));
}

} // namespace

class TestKubeflowIterations : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void eachIterationIsAStage_data() {
        QTest::addColumn<QJsonArray>("tasks");
        QTest::newRow("nodes of Argo without their names") << shards();
        QTest::newRow("in another order") << reversed(shards());
        QTest::newRow("nodes that say their pods") << shards(true);
        QTest::newRow("iterations that are tasks") << byParents("LOOP_ITERATION");
        QTest::newRow("iterations that are DAGs") << byParents("DAG");
        QTest::newRow("tasks that say their iteration") << byParents(nullptr);
    }
    void eachIterationIsAStage() {
        QFETCH(QJsonArray, tasks);
        QCOMPARE(told(kubeflowStages(runOf(tasks, shardSpec, four))), QStringLiteral("list [list] passed <> \n"
                                                                                     "shards [for-loop-1] running <list> 1 of 4 done, 1 failed\n"
                                                                                     "profile · 1 of 4 [for-loop-1/0/profile] passed <for-loop-1> s3://d/0.csv\n"
                                                                                     "profile · 2 of 4 [for-loop-1/1/profile] failed <for-loop-1> s3://d/1.csv\n"
                                                                                     "profile · 3 of 4 [for-loop-1/2/profile] running <for-loop-1> s3://d/2.csv\n"
                                                                                     "profile · 4 of 4 [for-loop-1/3/profile] waiting <for-loop-1> s3://d/3.csv\n"
                                                                                     "merge [merge] waiting <for-loop-1/0/profile,for-loop-1/1/profile,for-loop-1/2/profile,for-loop-1/3/profile> "));
    }
    void withoutASpecTheyAreKeptApartToo() {
        for (const QJsonArray &tasks : {shards(), byParents("LOOP_ITERATION"), byParents("DAG"), byParents(nullptr)}) {
            QStringList found;
            for (const Stage &stage : kubeflowStages(runOf(tasks, nullptr)))
                found << QStringLiteral("%1 [%2] %3").arg(stage.name, stage.key(), stateName(stage.state));
            found.sort();
            QCOMPARE(found.join(QLatin1Char('\n')), QStringLiteral("for-loop-1 [for-loop-1] running\nlist [list] passed\nprofile · 1 of 3 [for-loop-1/0/profile] passed\n"
                                                                   "profile · 2 of 3 [for-loop-1/1/profile] failed\nprofile · 3 of 3 [for-loop-1/2/profile] running"));
        }
    }
    void tasksOfTheRunItself() {
        QJsonObject run = runOf({}, shardSpec, four);
        run.insert(Q("tasks"), byParents("DAG"));
        QCOMPARE(told(kubeflowStages(run)), told(kubeflowStages(runOf(byParents("DAG"), shardSpec, four))));
    }
    void eachHasItsOwnPods() {
        const QString root = wf + QStringLiteral(".root."), in = root + QStringLiteral("for-loop-1.iteration-iterations(%1:%1).iteration-item.profile");
        const QJsonObject run = runOf(shards(), shardSpec, four);
        QCOMPARE(kubeflowPods(run, QStringLiteral("for-loop-1/0/profile")).value(0), node(in.arg(0) + QStringLiteral(".executor")));
        const QStringList tries = kubeflowPods(run, QStringLiteral("for-loop-1/1/profile"));
        QCOMPARE(tries.value(0), node(in.arg(1) + QStringLiteral(".executor(1)")));
        QCOMPARE(tries.value(1), node(in.arg(1) + QStringLiteral(".executor(0)")));
        QCOMPARE(kubeflowPods(run, QStringLiteral("list")).value(0), node(root + QStringLiteral("list.executor")));
        QCOMPARE(kubeflowPods(run, QStringLiteral("for-loop-1/3/profile")), QStringList());
        bool loop = false;
        QCOMPARE(kubeflowPods(run, QStringLiteral("for-loop-1"), &loop), QStringList());
        QVERIFY(loop);
        QCOMPARE(kubeflowPods(runOf(byParents(nullptr), shardSpec, four), QStringLiteral("for-loop-1/2/profile")), QStringList{QStringLiteral("pod-of-p2")});
        QVERIFY2(node(wf + QStringLiteral(".root")) != node(wf + QStringLiteral(".root-driver")), "ids differ");
    }
    /// The items are said by no parameter: the list is made by a task.
    void itemsThatATaskMadeAreCounted() {
        const QByteArray made = QByteArray(shardSpec).replace("{'componentInputParameter':'shards'}", "{'taskOutputParameter':{'producerTask':'list','outputParameterKey':'x'}}");
        const auto stages = kubeflowStages(runOf(shards(), made.constData()));
        QCOMPARE(stages.size(), std::size_t(6));
        QCOMPARE(stages[4].name, QStringLiteral("profile · 3 of 3"));
        QCOMPARE(stages[1].note, QStringLiteral("1 of 3 done, 1 failed"));
    }
    void aLoopInALoop() {
        const char *spec = "{'components':{'outer':{'dag':{'tasks':{'for-loop-2':{'componentRef':{'name':'inner'},'taskInfo':{'name':'seeds'},'dependentTasks':['prepare'],'parameterIterator':{'items':{'raw':'[1, 2]'}}},"
    "'prepare':{'componentRef':{'name':'c'},'taskInfo':{'name':'prepare'}}}}},'inner':{'dag':{'tasks':{'train':{'componentRef':{'name':'c'},'taskInfo':{'name':'train'}}}}},'c':{'executorLabel':'x'}},"
    "'root':{'dag':{'tasks':{'for-loop-1':{'componentRef':{'name':'outer'},'taskInfo':{'name':'models'},'parameterIterator':{'items':{'raw':['ridge', 'forest']}}}}}}}";
        Workflow w;
        w.begin(QStringLiteral("for-loop-1"));
        const QStringList models = w.loop(wf + QStringLiteral(".root.for-loop-1"), "RUNNING", {"FAILED", "RUNNING"}, QStringLiteral("prepare-driver"));
        for (int i = 0; i < 2; ++i) {
            const QString inner = models[i] + QStringLiteral(".for-loop-2");
            w.task(models[i] + QStringLiteral(".prepare"), "SUCCEEDED", {inner});
            const QStringList seeds = w.loop(inner, i ? "RUNNING" : "FAILED", {i ? "RUNNING" : "SUCCEEDED", i ? "SUCCEEDED" : "FAILED"}, QStringLiteral("train-driver"));
            w.task(seeds[0] + QStringLiteral(".train"), i ? "RUNNING" : "SUCCEEDED", {});
            w.task(seeds[1] + QStringLiteral(".train"), i ? "SUCCEEDED" : "FAILED", {});
        }
        QCOMPARE(told(kubeflowStages(runOf(w.tasks, spec))), QStringLiteral("models [for-loop-1] running <> 0 of 2 done, 1 failed\n"
            "prepare · 1 of 2 [for-loop-1/0/prepare] passed <for-loop-1> ridge\n"
            "seeds · 1 of 2 [for-loop-1/0/for-loop-2] failed <for-loop-1/0/prepare> 1 of 2 done, 1 failed\n"
            "train · 1 of 2 · 1 of 2 [for-loop-1/0/for-loop-2/0/train] passed <for-loop-1/0/for-loop-2> 1\n"
            "train · 1 of 2 · 2 of 2 [for-loop-1/0/for-loop-2/1/train] failed <for-loop-1/0/for-loop-2> 2\n"
            "prepare · 2 of 2 [for-loop-1/1/prepare] passed <for-loop-1> forest\n"
            "seeds · 2 of 2 [for-loop-1/1/for-loop-2] running <for-loop-1/1/prepare> 1 of 2 done\n"
            "train · 2 of 2 · 1 of 2 [for-loop-1/1/for-loop-2/0/train] running <for-loop-1/1/for-loop-2> 1\n"
            "train · 2 of 2 · 2 of 2 [for-loop-1/1/for-loop-2/1/train] passed <for-loop-1/1/for-loop-2> 2"));
        const QString in = wf + QStringLiteral(".root.for-loop-1.iteration-iterations(1:1).iteration-item.for-loop-2.iteration-iterations(0:0).iteration-item.train.executor");
        QCOMPARE(kubeflowPods(runOf(w.tasks, spec), QStringLiteral("for-loop-1/1/for-loop-2/0/train")).value(0), node(in));
    }
    void listsAndMapsAreSentAsSuch_data() {
        QTest::addColumn<QJsonValue>("given");
        QTest::addColumn<QJsonValue>("sent");
        const QJsonArray list{Q("a"), 2};
        const QJsonObject map{{Q("a"), QJsonArray{1}}};
        QTest::newRow("a list as text") << QJsonValue(Q(" [\"a\", 2] ")) << QJsonValue(list);
        QTest::newRow("a list") << QJsonValue(list) << QJsonValue(list);
        QTest::newRow("a map as text") << QJsonValue(Q("{\"a\": [1]}")) << QJsonValue(map);
        QTest::newRow("a map") << QJsonValue(map) << QJsonValue(map);
        QTest::newRow("no JSON") << QJsonValue(Q("a.csv")) << QJsonValue();
        QTest::newRow("half a list") << QJsonValue(Q("[\"a\"")) << QJsonValue();
    }
    void listsAndMapsAreSentAsSuch() {
        QFETCH(QJsonValue, given);
        QFETCH(QJsonValue, sent);
        for (const char *type : {"LIST", "STRUCT"}) {
            const auto known = kubeflowParameters({{Q("root"), QJsonObject{{Q("inputDefinitions"), QJsonObject{{Q("parameters"), QJsonObject{{Q("p"), QJsonObject{{Q("parameterType"), Q(type)}}}}}}}}}});
            QCOMPARE(known.size(), std::size_t(1));
            QVERIFY(known.front().required && known.front().description.contains(Q("JSON")));
            const auto typed = kubeflowTyped(known, {{Q("p"), given}});
            QCOMPARE(bool(typed), !sent.isNull());
            if (typed)
                QCOMPARE(typed->value(Q("p")), sent);
            else
                QCOMPARE(typed.error().kind, ErrorKind::Invalid);
        }
    }
    void aThousandIterationsAreAllThere() {
        Workflow w;
        const QString loop = wf + QStringLiteral(".root.for-loop-1");
        w.begin(QStringLiteral("for-loop-1"));
        std::vector<const char *> states(1000, "SUCCEEDED");
        states[777] = "FAILED";
        const QStringList places = w.loop(loop, "FAILED", states, QStringLiteral("profile-driver"));
        QJsonArray items;
        for (int i = 0; i < 1000; ++i) {
            w.task(places[i] + QStringLiteral(".profile"), states[std::size_t(i)], {});
            items << i;
        }
        const auto stages = kubeflowStages(runOf(w.tasks, shardSpec, items));
        QCOMPARE(stages.size(), std::size_t(1003));
        QCOMPARE(std::count_if(stages.begin(), stages.end(), [](const Stage &stage) { return stage.key().contains(QLatin1Char('/')) && stage.state == State::Failed; }), 1);
        const auto failed = std::find_if(stages.begin(), stages.end(), [](const Stage &stage) { return stage.name == QStringLiteral("profile · 778 of 1000"); });
        QVERIFY(failed != stages.end() && failed->state == State::Failed);
        QVERIFY(kubeflowRun(runOf(w.tasks, shardSpec, items), {}).stages.size() == stages.size());
    }
};

QTEST_GUILESS_MAIN(TestKubeflowIterations)
#include "tst_kubeflow_iterations.moc"
