// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/estate/stand_in.h"

#include <QHash>
#include <QJsonArray>
#include <QMap>
#include <QSet>
#include <QStringList>

#include <map>
#include <optional>

namespace pilothouse::estate {

/// A parameter of a job or an input. Types: string, text, choice, boolean, password, credentials.
struct JenkinsParameter {
    QString name, type, standard, description;
    QStringList choices;
};

/// A stage as the Jenkinsfile has it.
struct JenkinsStageSpec {
    QString name;
    int seconds = 20;
    QString service;  ///< runs only if this service changed ("any": if one did); empty: always
    QString parallel; ///< neighbours with the same word run beside each other
    bool input = false;
};

struct JenkinsStage {
    int id = 0;
    JenkinsStageSpec spec;
    QString status; ///< empty: not begun; else the words of wfapi
    qint64 start = 0, ms = 0; ///< ms since 1970; how long it takes or took
    QByteArray log;
    QString error;
    bool fails = false;
};

struct JenkinsBuild {
    int number = 0;
    qint64 queueId = 0, queued = 0, start = 0, end = 0; ///< end 0: building
    QString result;                         ///< empty: building
    std::vector<JenkinsStage> stages;
    QMap<QString, QString> parameters;
    QJsonArray causes;
    QString commit, branch;
    QStringList files, changed;             ///< of the push; services it builds
    QByteArray head;                        ///< log before the first stage
    QByteArray tail;                        ///< and after the last
    QString answeredBy;                     ///< of the input
    int tests = 0, failed = 0, skipped = 0; ///< tests 0: no report
    double coverage = -1;                   ///< %; negative: none
    int stubborn = 0;                       ///< how many of stop, term it does not heed
    int rerunOf = 0;
};

struct JenkinsJob {
    QString kind = QStringLiteral("pipeline"); ///< folder | multibranch | pipeline
    QString repository, branch, script;        ///< script: weather | iris | plain; which logs its stages write
    std::vector<JenkinsParameter> parameters;
    std::vector<JenkinsStageSpec> stages;
    std::vector<JenkinsParameter> inputParameters;
    QString inputId, inputMessage, submitter;  ///< submitter: comma list; empty: anyone
    int nextNumber = 1;
    QString cron;
    std::map<int, JenkinsBuild> builds;
    QStringList lastFiles;
    QString lastCommit;
};

struct JenkinsQueued {
    qint64 id = 0, since = 0, due = 0;
    QString job, why;
    QMap<QString, QString> parameters;
    QJsonArray causes;
    QString commit;
    QStringList files;
    bool cancelled = false;
    int number = 0;      ///< of the build it became
    qint64 leftAt = 0;   ///< when it left the queue; forgotten some time after
};

/// A Jenkins with folders, a multibranch project, the stage view's and the graph view's plugins (BACKEND_APIS.md 3.2).
/// Users: admin, operator (may build), reader (may read); password "PASSWORD-of-USER", API token "token-of-USER".
/// Control: push {repository, branch, files, commit, by} · fail {job, stage} · break-service / mend-service {service} · input {job} · settings {…} · logout ·
///   big-log {job, bytes} · stubborn {job, times} · hold {seconds} (how long builds wait in the queue) · finish {job}
/// Settings: contextPath, loginPage (a wrong login gets a page of HTML with 200), anonymous (may read), merged (303 | 200), graphView, stageView, requireCrumb.
class Jenkins final : public StandIn {
public:
    Jenkins();
    QString name() const override { return QStringLiteral("jenkins"); }
    Answer answer(const Call &call) override;
    void advance(const QDateTime &now) override;
    QJsonObject control(const QString &verb, const QJsonObject &details) override;
    QJsonObject state() const override;
    void restore(const QJsonObject &state) override;

private:
    struct Asked { ///< one call, its user known
        const Call &call;
        QString path, user; ///< path without the context
        bool token = false;
    };
    // jenkins_jobs.cpp: what runs there
    void addJobs();
    void seed();
    QByteArray stageLog(const JenkinsJob &job, const JenkinsBuild &build, const JenkinsStageSpec &spec, bool fails) const;
    // jenkins_run.cpp: time
    qint64 nowMs() const { return m_now.toMSecsSinceEpoch(); }
    JenkinsBuild &begin(const QString &path, const JenkinsQueued &queued, qint64 at);
    void proceed(JenkinsJob &job, JenkinsBuild &build, qint64 now);
    void finish(JenkinsBuild &build, const QString &result, qint64 at, const QByteArray &line = {});
    JenkinsStage *paused(JenkinsBuild &build);
    void answerInput(JenkinsJob &job, JenkinsBuild &build, const QString &user, bool yes, const QMap<QString, QString> &values);
    QByteArray visibleLog(const JenkinsBuild &build) const;
    QByteArray visibleStageLog(const JenkinsStage &stage) const;
    std::pair<qint64, bool> enqueue(const QString &job, const QMap<QString, QString> &parameters, const QJsonArray &causes, const QString &commit, const QStringList &files);
    // jenkins_auth.cpp
    std::optional<Answer> refusal(const Call &call, Asked &asked);
    Answer crumb(const Asked &asked);
    // jenkins_api.cpp: routes and objects
    Answer route(const Asked &asked);
    Answer jobRoute(const Asked &asked, const QString &path, const QStringList &rest);
    Answer start(const Asked &asked, const QString &path, JenkinsJob &job, bool withParameters);
    Answer queueRoute(const Asked &asked, const QStringList &rest);
    Answer object(const Asked &asked, const QJsonObject &whole) const;
    QString base(const Call &call) const;
    QString jobUrl(const Call &call, const QString &path) const;
    QJsonObject jobObject(const Call &call, const QString &path, int depth) const;
    QJsonArray childJobs(const Call &call, const QString &path, int depth) const;
    QJsonObject buildObject(const Call &call, const QString &path, const JenkinsBuild &build) const;
    QJsonObject queueObject(const Call &call, const JenkinsQueued &item) const;
    // jenkins_build.cpp: routes of one build
    Answer buildRoute(const Asked &asked, const QString &path, JenkinsJob &job, JenkinsBuild &build, const QStringList &rest);
    Answer progressive(const Asked &asked, const QByteArray &log, bool more) const;
    Answer stop(const Asked &asked, JenkinsBuild &build, int force);
    Answer input(const Asked &asked, const QString &path, JenkinsJob &job, JenkinsBuild &build, const QStringList &rest);
    Answer stageView(const Asked &asked, const QString &path, JenkinsJob &job, JenkinsBuild &build, const QStringList &rest);
    Answer graphView(const Asked &asked, const QString &path, JenkinsJob &job, JenkinsBuild &build, const QStringList &rest);
    QJsonObject runView(const QString &path, const JenkinsBuild &build) const;
    QJsonArray pendingInputs(const QString &path, JenkinsJob &job, JenkinsBuild &build);
    QString relative(const QString &path) const; ///< "/jenkins/job/A/job/B"

    std::map<QString, JenkinsJob> m_jobs; ///< by path with "/": names as they stand in the address once decoded
    std::map<qint64, JenkinsQueued> m_queue;
    qint64 m_nextQueue = 1;
    QJsonObject m_settings;
    QHash<QString, QString> m_sessions; ///< of a cookie: its crumb
    QSet<QString> m_broken;             ///< services whose tests fail
    QMap<QString, QString> m_failing;   ///< job path → stage that fails in its next build
    int m_sessionNumber = 0;
    bool m_seeded = false;
};

/// The part of an object that `tree=` names: a,b[c,d]{from,to},*. `_class` is always kept, as Jenkins does. Names that are not there are left out.
QJsonObject jenkinsTree(const QJsonObject &whole, const QString &tree);

/// The page of an error, as Jenkins gives it.
Answer jenkinsPage(int status, const QString &title, const QString &text);

} // namespace pilothouse::estate
