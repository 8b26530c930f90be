// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/estate/github_state.h"
#include "app/estate/wire.h"

namespace pilothouse::estate {

namespace {

QString Q(const char *text) { return QString::fromUtf8(text); }

GithubStepPlan step(const char *name, int seconds, const std::vector<const char *> &log = {})
{
    GithubStepPlan made;
    made.name = Q(name);
    made.seconds = seconds;
    for (const char *line : log)
        made.log << Q(line);
    return made;
}

GithubJobPlan job(const char *name, const QStringList &needs, std::vector<GithubStepPlan> steps, const char *environment = "")
{
    GithubJobPlan made;
    made.name = Q(name);
    made.needs = needs;
    made.environment = Q(environment);
    made.steps.push_back(step("Set up job", 1, {"Current runner version: '2.329.0'", "Secret source: Actions"}));
    for (GithubStepPlan &s : steps)
        made.steps.push_back(std::move(s));
    made.steps.push_back(step("Complete job", 1, {"Cleaning up orphan processes"}));
    return made;
}

GithubCommit commit(const char *message, const char *author, const QDateTime &date, const QString &parent, const QStringList &files)
{
    GithubCommit made;
    made.message = Q(message);
    made.author = Q(author);
    made.date = date;
    made.parent = parent;
    made.sha = hexName(made.message + made.author + date.toString(Qt::ISODate) + parent, 40);
    for (const QString &file : files)
        made.files.append(QJsonObject{{Q("filename"), file}, {Q("status"), Q("modified")}, {Q("additions"), 12}, {Q("deletions"), 3}, {Q("changes"), 15}});
    return made;
}

void add(GithubRepository &to, const GithubCommit &made)
{
    to.commits[made.sha] = made;
    to.branches[to.main] = made.sha;
}

/// A finished run before `now`, lived through by the same engine as all others.
void past(GithubRepository &repository, const GithubWorkflow &workflow, const QString &sha, const char *event, const char *actor, const QDateTime &when, qint64 &nextId)
{
    GithubRun run;
    run.id = nextId++;
    run.workflow = workflow.id;
    for (const GithubRun &other : repository.runs)
        run.number = other.workflow == workflow.id ? other.number : run.number;
    ++run.number;
    run.event = Q(event);
    run.sha = sha;
    run.branch = repository.main;
    run.title = repository.commits[sha].message.section(QLatin1Char('\n'), 0, 0);
    run.actor = Q(actor);
    run.created = when;
    planAttempt(run, workflow, nextId, when, false);
    for (GithubJob &made : run.jobs())
        made.approved = true;
    moveRun(repository, run, nextId, when.addSecs(3600));
    repository.runs.push_back(run);
}

/// Workflow 1 and 2 of SYSTEMS.md §2.
GithubRepository damage(const QDateTime &now)
{
    GithubRepository r;
    r.id = 700100200;
    r.owner = Q("acme");
    r.name = Q("damage-incidence");
    GithubWorkflow train;
    train.id = 81000001;
    train.name = Q("Train Model in Azure ML");
    train.path = Q(".github/workflows/train_model.yml");
    train.paths = {Q("ml/"), Q("data/"), Q("pyproject.toml")};
    train.jobs = {job("train", {}, {step("Check out", 2), step("Set up Python", 3, {"Successfully set up CPython (3.10.14)"}), step("Azure login", 2, {"Login successful."}),
                                    step("Submit the job", 20, {"python scripts/run_azure_training.py", "Submitted dynamic_brush_7kq2x1w0vz", "Status: Queued", "Status: Running", "Status: Completed"})}),
                  job("download", {Q("train")}, {step("Download outputs", 5, {"Downloading model_output: svc_model.joblib, scaler.joblib"})}),
                  job("commit", {Q("download")}, {step("Commit artifacts", 3, {"[main] Model of dynamic_brush_7kq2x1w0vz", " 2 files changed"})})};
    GithubWorkflow deploy;
    deploy.id = 81000002;
    deploy.name = Q("Build and Deploy Application");
    deploy.path = Q(".github/workflows/deploy_app.yml");
    deploy.paths = {Q("api/"), Q("frontend/"), Q("k8s/"), Q("ml/artifacts/")};
    deploy.jobs = {job("build", {}, {step("Check out", 2), step("Log in to GHCR", 1, {"Login Succeeded"}), step("Build and push api", 12, {"pushing ghcr.io/acme/mlops-api"}), step("Build and push frontend", 8, {"pushing ghcr.io/acme/mlops-frontend"})}),
                   job("deploy", {Q("build")}, {step("Rewrite image tags", 1), step("How to apply", 1, {"kubectl apply -f k8s/"})}, "production")};
    r.workflows = {train, deploy};
    GithubEnvironment production;
    production.id = 161088068;
    production.name = Q("production");
    r.environments = {production}; // its reviewers are set below, after the past
    r.protectedBranches << Q("release");
    const GithubCommit first = commit("Train an SVC on Azure ML", "olga", now.addDays(-9), QString(), {Q("ml/train.py"), Q("pyproject.toml")});
    const GithubCommit model = commit("Model of khaki_jelly_s70lr4lk7b (F1 0.71, recall 0.68)", "olga", now.addDays(-9).addSecs(1800), first.sha, {Q("ml/artifacts/svc_model.joblib"), Q("ml/artifacts/scaler.joblib")});
    const GithubCommit api = commit("The API answers with a probability", "rita", now.addDays(-3), model.sha, {Q("api/main.py")});
    const GithubCommit docs = commit("Say how to run it here", "rita", now.addDays(-1), api.sha, {Q("README.md")}); // starts nothing
    for (const GithubCommit *c : {&first, &model, &api, &docs})
        add(r, *c);
    r.tags[Q("v1.0.0")] = model.sha;
    auto &files = r.contents[r.main];
    files[Q("ml/artifacts/svc_model.joblib")] = "joblib of an SVC";
    files[Q("ml/artifacts/scaler.joblib")] = "joblib of a scaler";
    files[Q("k8s/api-deployment.yml")] = "image: ghcr.io/acme/mlops-api:0000000\n"; // the old tag: SYSTEMS.md §2, traps
    files[Q("k8s/frontend-deployment.yml")] = "image: ghcr.io/acme/mlops-frontend:0000000\n";
    files[train.path] = "name: Train Model in Azure ML\non:\n  push:\n    branches: [main]\n    paths: ['ml/**', 'data/**', pyproject.toml]\n  workflow_dispatch:\n    inputs:\n      experiment:\n        description: Experiment in Azure ML\n"
                        "        default: damage-incidence-prediction\n        type: string\njobs:\n  train:\n    if: \"!startsWith(github.event.head_commit.message, 'Model of')\"\n    runs-on: ubuntu-latest\n  download:\n    needs: train\n  commit:\n    needs: download\n";
    files[deploy.path] = "name: Build and Deploy Application\non:\n  push:\n    branches: [main]\n    paths: ['api/**', 'frontend/**', 'k8s/**', 'ml/artifacts/**']\n  workflow_dispatch:\njobs:\n  build:\n    runs-on: ubuntu-latest\n  deploy:\n    needs: build\n    environment: production\n";
    qint64 id = 8000000001;
    past(r, train, first.sha, "push", "olga", first.date.addSecs(3), id);
    past(r, deploy, model.sha, "push", "olga", model.date.addSecs(3), id);
    past(r, deploy, api.sha, "push", "rita", api.date.addSecs(3), id);
    r.environments[0].reviewers = {Q("rita")};
    r.environments[0].preventSelfReview = true;
    for (const char *name : {"mlops-api", "mlops-frontend"})
        r.packages.append(QJsonObject{{Q("name"), Q(name)}, {Q("id"), r.packages.size() + 5001}, {Q("versions"), QJsonArray{QJsonObject{{Q("id"), 45763}, {Q("tags"), QJsonArray{api.sha.left(7)}}, {Q("created"), instant(api.date)}}, QJsonObject{{Q("id"), 45762}, {Q("tags"), QJsonArray{model.sha.left(7)}}, {Q("created"), instant(model.date)}}}}});
    return r;
}

/// The stages of SYSTEMS.md §5.
GithubRepository housing(const QDateTime &now)
{
    GithubRepository r;
    r.id = 700100300;
    r.owner = Q("acme");
    r.name = Q("california-housing");
    GithubWorkflow all;
    all.id = 82000001;
    all.name = Q("CI/CD");
    all.path = Q(".github/workflows/ci.yml");
    all.cron = Q("0 3 * * 1");
    all.jobs = {job("Lint & Test", {}, {step("Lint", 2, {"All checks passed!"}), step("Test", 8, {"\x1b[1m============ test session starts ============\x1b[0m", "collected 214 items", "TOTAL                                1312     42    97%", "\x1b[32m============ 214 passed in 7.31s ============\x1b[0m"})}),
                job("Data Sync", {Q("Lint & Test")}, {step("DVC pull", 4, {"1 file fetched"})}),
                job("Model Training", {Q("Data Sync")}, {step("Train", 10, {"DecisionTreeRegressor depth=10 r2=0.600", "LinearRegression r2=0.571", "Registered the best: DecisionTreeRegressor"})}),
                job("Build & Package", {Q("Model Training")}, {step("Build housing-api", 9, {"pushing docker.io/acme/housing-api"})}),
                job("Deploy", {Q("Build & Package")}, {step("Deploy", 3), step("Health check", 2, {"{\"status\":\"healthy\",\"model_loaded\":true}"})}, "production"),
                job("Monitoring", {Q("Deploy")}, {step("Check targets", 2, {"prometheus: up"})})};
    r.workflows = {all};
    GithubEnvironment production;
    production.id = 161088070;
    production.name = Q("production");
    r.environments = {production}; // no reviewers: a gate of Pilothouse stands here (SYSTEMS.md §5)
    const GithubCommit first = commit("Depth 10 for the tree", "harold", now.addDays(-6), QString(), {Q("src/models/train.py")});
    const GithubCommit second = commit("Cap of the target is a column", "harold", now.addDays(-2), first.sha, {Q("src/data/clean.py")});
    add(r, first);
    add(r, second);
    r.contents[r.main][all.path] = "name: CI/CD\non:\n  push:\n    branches: [main]\n  schedule:\n    - cron: '0 3 * * 1'\n  workflow_dispatch:\n";
    r.contents[r.main][Q("infra/Dockerfile")] = "FROM python:3.11-slim\n";
    qint64 id = 8500000001;
    past(r, all, first.sha, "push", "harold", first.date.addSecs(2), id);
    past(r, all, second.sha, "push", "harold", second.date.addSecs(2), id);
    return r;
}

} // namespace

std::vector<GithubRepository> githubRepositories(const QDateTime &now)
{
    return {damage(now), housing(now)};
}

} // namespace pilothouse::estate
