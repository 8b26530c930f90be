// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/pipelines/pipeline_service.h"

#include <QElapsedTimer>
#include <QSet>
#include <QTest>

#include <algorithm>
#include <functional>
#include <thread>

namespace pilothouse::contract {

/// What every system that runs pipelines must do, whatever is behind it. A test of one system gives it a service over a server that keeps state, and says what there is to try;
/// a hook that is missing leaves its checks out, with a word.
struct PipelineContract {
    std::shared_ptr<pipelines::PipelineService> service;
    QString job;              ///< can be started, passes by itself
    QJsonObject parameters;   ///< for it
    QString gateJob;          ///< stops at a gate; empty: the system has none
    QString neverThere = QStringLiteral("no-such-job");
    std::function<void()> advance = [] { std::this_thread::sleep_for(std::chrono::milliseconds(50)); }; ///< time goes on in the server
    int limitMs = 20000;

    using Run = pipelines::PipelineRun;
    using State = pipelines::State;

    /// Follows a run (through a queue, to its build) until `done`; nothing after limitMs.
    std::optional<Run> follow(const QString &id, const std::function<bool(const Run &)> &done) const {
        QElapsedTimer since;
        since.start();
        QString now = id;
        while (since.elapsed() < limitMs) {
            const auto run = service->run(now);
            if (!run && run.error().kind != ErrorKind::NotFound)
                return std::nullopt;
            if (run && done(*run))
                return *run;
            if (run && !run->became.isEmpty())
                now = run->became;
            advance();
        }
        return std::nullopt;
    }

    void lists() const {
        const auto all = service->pipelines();
        QVERIFY2(all, all ? "" : qPrintable(all.error().text()));
        QVERIFY(std::any_of(all->begin(), all->end(), [&](const pipelines::Pipeline &one) { return one.id == job; }));
        QSet<QString> ids;
        for (const pipelines::Pipeline &one : *all) {
            QVERIFY2(!ids.contains(one.id) && !one.name.isEmpty(), qPrintable(one.id));
            QCOMPARE(one.system, service->system());
            ids.insert(one.id);
        }
        const auto runs = service->runs({}, 5);
        QVERIFY2(runs, runs ? "" : qPrintable(runs.error().text()));
        bool waitedBefore = true;
        QDateTime last;
        QMap<QString, int> count;
        for (const Run &run : *runs) {
            QVERIFY2(!run.id.isEmpty() && !run.systemState.isEmpty(), qPrintable(run.id));
            QCOMPARE(run.connection, service->source());
            QVERIFY2(++count[run.pipeline] <= 5 + 5, qPrintable(run.pipeline)); // those in a queue beside
            QVERIFY(run.started.isValid() || waitedBefore);                     // a queue stands first
            waitedBefore = waitedBefore && !run.started.isValid();
            QVERIFY(!last.isValid() || !run.started.isValid() || run.started <= last);
            last = run.started.isValid() ? run.started : last;
        }
    }
    void whatIsNotThere() const {
        QCOMPARE(int(service->run(neverThere + QStringLiteral("#1")).error().kind), int(ErrorKind::NotFound));
        pipelines::StartRequest request;
        request.pipeline = neverThere;
        QVERIFY(!service->startRun(request));
    }
    void startsAndFollows() const {
        pipelines::StartRequest request;
        request.pipeline = job;
        request.parameters = parameters;
        request.by = QStringLiteral("contract");
        const auto id = service->startRun(request);
        QVERIFY2(id, id ? "" : qPrintable(id.error().text()));
        const auto ended = follow(*id, [](const Run &run) { return pipelines::hasEnded(run.state); });
        QVERIFY2(ended, "it did not end");
        QVERIFY2(pipelines::hasPassed(ended->state), qPrintable(ended->systemState));
        QVERIFY(ended->started.isValid() && ended->ended.isValid() && ended->started <= ended->ended);
        QVERIFY(service->run(*id)); // the id that the start gave stays valid
        QSet<QString> keys;
        for (const pipelines::Stage &stage : ended->stages) {
            QVERIFY2(!keys.contains(stage.key()), qPrintable(stage.key()));
            for (const QString &before : stage.after)
                QVERIFY2(keys.contains(before), qPrintable(before)); // a stage follows one that stands before it
            keys.insert(stage.key());
        }
        pipelines::LogFrom from;
        from.run = ended->id;
        QByteArray bytes;
        for (int i = 0; i < 1000; ++i) {
            const auto piece = service->readLog(from);
            if (!piece && !service->can().stageLogs)
                break;
            QVERIFY2(piece, piece ? "" : qPrintable(piece.error().text()));
            bytes = (piece->anew ? QByteArray() : bytes) + piece->bytes;
            if (piece->end)
                break;
            QVERIFY2(piece->next != from.next, "the log neither goes on nor ends");
            from.next = piece->next;
        }
        if (service->can().rerun)
            QVERIFY(service->rerun(ended->id, false));
    }
    void cancels() const {
        pipelines::StartRequest request;
        request.pipeline = gateJob.isEmpty() ? job : gateJob;
        request.parameters = gateJob.isEmpty() ? parameters : QJsonObject();
        const auto id = service->startRun(request);
        QVERIFY2(id, id ? "" : qPrintable(id.error().text()));
        const auto there = follow(*id, [](const Run &run) { return run.became.isEmpty(); });
        QVERIFY(there);
        const auto done = service->cancel(there->id);
        QVERIFY2(done, done ? "" : qPrintable(done.error().text()));
        const auto ended = follow(there->id, [](const Run &run) { return pipelines::hasEnded(run.state); });
        QVERIFY2(ended, "it did not end");
        QVERIFY2(ended->state == State::Cancelled || ended->state == State::Failed, qPrintable(ended->systemState));
    }
    void answersAGate(bool proceed) const {
        if (gateJob.isEmpty() || !service->can().gates)
            QSKIP("this system has no gates");
        pipelines::StartRequest request;
        request.pipeline = gateJob;
        const auto id = service->startRun(request);
        QVERIFY2(id, id ? "" : qPrintable(id.error().text()));
        const auto paused = follow(*id, [](const Run &run) { return run.became.isEmpty() && run.gates > 0; });
        QVERIFY2(paused, "it never stopped at its gate");
        QCOMPARE(int(paused->state), int(State::Paused));
        const auto gates = service->gates(paused->id);
        QVERIFY2(gates && !gates->empty(), gates ? "" : qPrintable(gates.error().text()));
        const pipelines::Gate gate = gates->front();
        QCOMPARE(gate.run, paused->id);
        const auto everywhere = service->gates();
        QVERIFY(everywhere && std::any_of(everywhere->begin(), everywhere->end(), [&](const pipelines::Gate &one) { return one.run == gate.run && one.id == gate.id; }));
        QVERIFY(service->gateState(gate)->is == pipelines::GateState::Is::Open);
        pipelines::GateAnswer answer;
        answer.proceed = proceed;
        answer.by = QStringLiteral("contract");
        const auto done = service->answer(gate, answer);
        QVERIFY2(done, done ? "" : qPrintable(done.error().text()));
        const auto state = service->gateState(gate);
        QVERIFY2(state, state ? "" : qPrintable(state.error().text()));
        QVERIFY(state->is == (proceed ? pipelines::GateState::Is::Proceeded : pipelines::GateState::Is::Aborted));
        QCOMPARE(int(service->answer(gate, answer).error().kind), int(ErrorKind::Conflict)); // a second answer is a race that was lost
        const auto ended = follow(paused->id, [](const Run &run) { return pipelines::hasEnded(run.state); });
        QVERIFY(ended);
        QCOMPARE(pipelines::hasPassed(ended->state), proceed);
    }
};

} // namespace pilothouse::contract
