// SPDX-License-Identifier: GPL-3.0-or-later
// The jobs of this Jenkins, as SYSTEMS.md §1 and §3 name them, and what their stages write.
#include "app/estate/jenkins.h"

namespace pilothouse::estate {

using Q = QLatin1String;

namespace {

QString s(const char *text) { return QString::fromUtf8(text); }

JenkinsParameter parameter(const char *name, const char *type, const char *standard, const char *description, QStringList choices = {}) {
    JenkinsParameter out;
    out.name = s(name);
    out.type = s(type);
    out.standard = s(standard);
    out.description = s(description);
    out.choices = std::move(choices);
    return out;
}

JenkinsStageSpec stage(const char *name, int seconds, const QString &service = {}, const char *parallel = "") {
    JenkinsStageSpec out;
    out.name = s(name);
    out.seconds = seconds;
    out.service = service;
    out.parallel = s(parallel);
    return out;
}

JenkinsJob weatherBranch(const QString &branch) {
    JenkinsJob job;
    job.repository = s("https://github.com/example/weather-forecast.git");
    job.branch = branch;
    job.script = s("weather");
    job.parameters = {parameter("BUILD_ALL", "boolean", "false", "Build every service, whatever changed")};
    job.stages = {stage("Checkout", 6), stage("Detect Changes", 3)};
    for (const char *step : {"Test", "Build", "Push"})
        for (const char *service : {"Frontend", "Auth", "Inference", "Mlops"}) {
            JenkinsStageSpec spec = stage("", *step == 'B' ? 40 : 15, s(service).toLower(), *step == 'T' ? "tests" : "");
            spec.name = s(step) + QLatin1Char(' ') + s(service);
            job.stages.push_back(spec);
        }
    job.stages.push_back(stage("Deploy (Ansible)", 25, s("any")));
    job.lastCommit = s("4be1c0ffee5d2a90b7c1f3e8a6d94417c05e2b31");
    job.lastFiles = QStringList{s("frontend/src/App.jsx")};
    job.nextNumber = 33;
    return job;
}

JenkinsJob iris() {
    JenkinsJob job;
    job.repository = s("https://github.com/example/iris-mlops.git");
    job.branch = s("main");
    job.script = s("iris");
    job.parameters = {parameter("N_ESTIMATORS", "string", "100", "Trees of the forest"),
                      parameter("DATA_VERSION", "choice", "v1", "Which data", {s("v1"), s("v2")}),
                      parameter("FORCE_TRAIN", "boolean", "false", "Train although nothing changed"),
                      parameter("NOTES", "text", "", "For the run's description"),
                      parameter("MLFLOW_PASSWORD", "password", "", "Of the tracking server"),
                      parameter("AWS_CREDENTIALS", "credentials", "mlops-jenkins", "Credentials of AWS")};
    const struct { const char *name; int seconds; } stages[] = {{"Checkout Code", 5}, {"Verify Environment", 4}, {"Install Dependencies", 45}, {"Start MLflow Server", 8}, {"DVC Pull", 12}, {"Train Model", 60}, {"Show Metrics", 3},
        {"MLflow Registry", 4}, {"Approve Promotion", 1}, {"Promote Model", 6}, {"Push Artifacts", 10}, {"Build Docker Image", 70}, {"Test Docker Image", 20}, {"Login to ECR", 3}, {"Push to ECR", 30}, {"Deploy to EKS", 40}};
    for (const auto &one : stages)
        job.stages.push_back(stage(one.name, one.seconds));
    job.stages[8].input = true;
    job.inputId = s("ApprovePromotion");
    job.inputMessage = s("Promote the model to Production?");
    job.submitter = s("admin,operator");
    job.inputParameters = {parameter("MODEL_VERSION", "string", "3", "Version that is promoted"), parameter("STAGE", "choice", "Production", "Where to", {s("Production"), s("Staging")})};
    job.cron = s("H 3 * * *");
    job.lastCommit = s("9d1f77b20c3e4a5566778899aabbccddeeff0011");
    job.nextNumber = 41;
    return job;
}

QByteArray ansible(const QStringList &services, int number) {
    QByteArray out;
    for (const QString &name : services) {
        if (name == Q("mlops"))
            continue; // there is no role for it: its Deployment is restarted by hand
        const QByteArray n = name.toUtf8(), tag = "v" + QByteArray::number(number);
        out += "+ ansible-playbook -i inventory.ini deploy.yml --tags " + n + " -e \"" + n + "_tag=" + tag + "\"\n\nPLAY [Deploy weather services] **************************************************\n\n"
               "TASK [Gathering Facts] *********************************************************\n\x1b[0;32mok: [minikube]\x1b[0m\n\n"
               "TASK [" + n + " : Set image] " + QByteArray(50, '*') + "\n\x1b[0;33mchanged: [minikube] => {\"cmd\": \"kubectl set image deployment/" + n + " " + n + "=example/weather-" + n + ":" + tag + " -n weather-mlops\", \"rc\": 0}\x1b[0m\n\n"
               "TASK [" + n + " : Wait for the rollout] " + QByteArray(39, '*') + "\n\x1b[0;33mchanged: [minikube] => {\"stdout\": \"deployment \\\"" + n + "\\\" successfully rolled out\"}\x1b[0m\n\n"
               "PLAY RECAP *********************************************************************\n"
               "\x1b[0;33mminikube\x1b[0m                   : \x1b[0;32mok=3   \x1b[0m \x1b[0;33mchanged=2   \x1b[0m unreachable=0    failed=0    skipped=0    rescued=0    ignored=0   \n\n";
    }
    return out;
}

QByteArray weatherLog(const JenkinsBuild &build, const JenkinsStageSpec &spec, const QString &repository, bool fails) {
    const QByteArray service = spec.service.toUtf8(), image = "example/weather-" + service + ":v" + QByteArray::number(build.number);
    if (spec.name == Q("Checkout"))
        return "Cloning repository " + repository.toUtf8() + "\n > git fetch --tags --force --progress -- origin +refs/heads/*:refs/remotes/origin/*\nChecking out Revision " + build.commit.toUtf8() + " (" + build.branch.toUtf8() + ")\n";
    if (spec.name == Q("Detect Changes")) {
        QByteArray out = "+ git diff --name-only HEAD~1 HEAD\n" + build.files.join(QLatin1Char('\n')).toUtf8() + "\n";
        for (const char *name : {"frontend", "auth", "inference", "mlops"})
            out += QByteArray(name).toUpper() + "_CHANGED=" + (build.changed.contains(s(name)) ? "true" : "false") + "\n";
        return out;
    }
    if (spec.name.startsWith(Q("Test ")))
        return fails ? "+ python -m pytest " + service + "/tests\nE   RuntimeError: Numpy is not available\n\x1b[31mFAILED " + service + "/tests/test_health.py::test_health\x1b[0m\n2 failed, 21 passed, 1 skipped in 4.21s\n"
                     : "+ python -m pytest " + service + "/tests\n\x1b[32m23 passed, 1 skipped in 4.02s\x1b[0m\nTemperatur geprüft: 21 °C ✓\n";
    if (spec.name.startsWith(Q("Build ")))
        return "+ docker build -t " + image + " " + service + "\n#1 [internal] load build definition from Dockerfile\n#5 exporting to image\n#5 naming to docker.io/" + image + (fails ? " ERROR\n" : " done\n");
    if (spec.name.startsWith(Q("Push ")))
        return "+ docker push " + image + "\nThe push refers to repository [docker.io/example/weather-" + service + "]\nv" + QByteArray::number(build.number) + ": digest: sha256:" + QByteArray(32, 'a') + QByteArray(32, '7') + " size: 1573\n";
    return ansible(build.changed, build.number);
}

QByteArray irisLog(const JenkinsBuild &build, const JenkinsStageSpec &spec, bool fails) {
    const QByteArray number = QByteArray::number(build.number), image = "mlops-serving:" + number;
    const QString &name = spec.name;
    if (name == Q("Checkout Code"))
        return "Checking out Revision " + build.commit.toUtf8() + " (origin/" + build.branch.toUtf8() + ")\n";
    if (name == Q("Verify Environment"))
        return "+ aws sts get-caller-identity\n{\"Arn\": \"arn:aws:iam::123456789012:user/mlops-jenkins\"}\n+ python3 --version\nPython 3.9.19\n+ docker --version\nDocker version 24.0.7\n";
    if (name == Q("DVC Pull"))
        return "+ dvc pull\nA       data/raw/iris.csv\n1 file fetched and 1 file added\n";
    if (name == Q("Train Model"))
        return "+ dvc repro train\nRunning stage 'train':\nRegistered model 'iris-classifier' version 3\n" + QByteArray(fails ? "Traceback (most recent call last):\nValueError: could not convert string to float: '?'\n" : "accuracy=0.9667 precision=0.9697 recall=0.9667 f1_score=0.9666\n");
    if (name == Q("Show Metrics"))
        return "{\"accuracy\": 0.9667, \"precision\": 0.9697, \"recall\": 0.9667, \"f1_score\": 0.9666}\n";
    if (name == Q("MLflow Registry"))
        return "iris-classifier: version 1 Archived, version 2 Production, version 3 Staging\n";
    if (spec.input)
        return "[Pipeline] input\nInput requested\n";
    if (name == Q("Promote Model"))
        return "+ python src/promote.py\naccuracy 0.9667 >= 0.9: version 3 moved to Production\n";
    if (name == Q("Build Docker Image"))
        return "+ docker build -t " + image + " -t mlops-serving:latest .\n#7 naming to docker.io/library/" + image + " done\n";
    if (name == Q("Push to ECR"))
        return "+ docker push 123456789012.dkr.ecr.us-east-1.amazonaws.com/" + image + "\n" + number + ": digest: sha256:" + QByteArray(64, '5') + " size: 2203\n";
    if (name == Q("Deploy to EKS"))
        return "+ kubectl set image deployment/mlops-serving mlops-serving=123456789012.dkr.ecr.us-east-1.amazonaws.com/" + image + "\ndeployment \"mlops-serving\" successfully rolled out\n";
    return "+ make " + name.toLower().replace(QLatin1Char(' '), QLatin1Char('-')).toUtf8() + "\n";
}

} // namespace

void Jenkins::addJobs() {
    JenkinsJob folder;
    folder.kind = s("folder");
    m_jobs[s("weather")] = folder;
    JenkinsJob multibranch;
    multibranch.kind = s("multibranch");
    multibranch.repository = s("https://github.com/example/weather-forecast.git");
    m_jobs[s("weather/weather-software")] = multibranch;
    m_jobs[s("weather/weather-software/main")] = weatherBranch(s("main"));
    m_jobs[s("weather/weather-software/feature%2Fshadow")] = weatherBranch(s("feature/shadow")); // a branch's job is named by its encoded name; its address encodes that once more (3.2)
    m_jobs[s("iris-pipeline")] = iris();
}

QByteArray Jenkins::stageLog(const JenkinsJob &job, const JenkinsBuild &build, const JenkinsStageSpec &spec, bool fails) const {
    const QByteArray out = job.script == Q("weather") ? weatherLog(build, spec, job.repository, fails) : irisLog(build, spec, fails);
    return fails ? out + "script returned exit code 1\n" : out;
}

/// A history: two runs of the weather's pipeline, one of iris that was approved.
void Jenkins::seed() {
    const qint64 hour = 3'600'000;
    const auto run = [this](const char *path, qint64 ago, const char *commit, const QStringList &files) {
        JenkinsQueued item;
        item.id = m_nextQueue++;
        item.since = nowMs() - ago - 5000;
        item.job = s(path);
        item.commit = s(commit);
        item.files = files;
        item.causes = QJsonArray{QJsonObject{{Q("_class"), s("com.cloudbees.jenkins.GitHubPushCause")}, {Q("shortDescription"), s("Started by GitHub push by ada")}}};
        JenkinsBuild &build = begin(item.job, item, nowMs() - ago);
        if (JenkinsStage *stage = paused(build)) { // approved five minutes after it asked
            const QDateTime now = m_now;
            m_now = QDateTime::fromMSecsSinceEpoch(stage->start + 300'000, Qt::UTC);
            answerInput(m_jobs[item.job], build, s("operator"), true, {});
            m_now = now;
            proceed(m_jobs[item.job], build, nowMs());
        }
    };
    run("weather/weather-software/main", 50 * hour, "71aa0b3c9e8d4f2261755c0dd18b9fbd3c2e0a44", {s("inference/app.py"), s("auth/app.py")});
    run("weather/weather-software/main", 20 * hour, "4be1c0ffee5d2a90b7c1f3e8a6d94417c05e2b31", {s("frontend/src/App.jsx")});
    run("iris-pipeline", 30 * hour, "9d1f77b20c3e4a5566778899aabbccddeeff0011", {s("src/train.py")});
}

} // namespace pilothouse::estate
