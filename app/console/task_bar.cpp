// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/task_bar.h"

#include "widgets/base/field.h"
#include "widgets/base/format.h"
#include "widgets/base/icons.h"
#include "widgets/base/source_label.h"
#include "widgets/base/text.h"

#include <QBoxLayout>
#include <QLocale>
#include <QMenu>
#include <QPainter>

#include <algorithm>
#include <utility>

namespace pilothouse::console {

using namespace ui;

namespace {

State stateOfJob(const fleet::Job &job) {
    if (job.state == QLatin1String("running"))
        return State::Running;
    if (job.state == QLatin1String("done"))
        return State::Ok;
    if (job.state == QLatin1String("failed"))
        return State::Bad;
    return job.state == QLatin1String("cancelled") ? State::Skipped : State::Waiting;
}

bool isTraffic(const fleet::Job &job) { return !job.arguments.isEmpty() && job.arguments.first() == QLatin1String("demo"); }

QString noteOfJob(const fleet::Job &job) {
    if (isTraffic(job) && job.state != QLatin1String("failed"))
        return job.state == QLatin1String("cancelling")  ? TaskBar::tr("stops")
               : job.stage == QLatin1String("drifting") ? TaskBar::tr("%1 requests, the wind sensor drifts").arg(count(job.done))
               : job.stage == QLatin1String("sending")  ? TaskBar::tr("%1 requests").arg(count(job.done))
                                                        : TaskBar::tr("waits for a served model");
    if (job.state == QLatin1String("cancelling"))
        return TaskBar::tr("stops after this batch, checkpoint kept");
    if (job.state == QLatin1String("cancelled"))
        return TaskBar::tr("stopped, checkpoint kept");
    if (job.state == QLatin1String("failed"))
        return job.error ? job.error->what : TaskBar::tr("failed");
    if (job.state == QLatin1String("done"))
        return TaskBar::tr("done in %1").arg(runTime(double(job.started.msecsTo(job.ended)) / 1000));
    return job.etaSeconds >= 0 ? TaskBar::tr("%1 left").arg(runTime(job.etaSeconds)) : job.stage;
}

} // namespace

/// Glyph, name, bar, share, time left, ×.
class TaskBar::JobView : public QWidget {
public:
    JobView(const QString &id, TaskBar *bar) : QWidget(bar) {
        setObjectName(QStringLiteral("job:") + id);
        auto *row = new QHBoxLayout(this);
        row->setContentsMargins(0, 0, 16, 0);
        row->setSpacing(8);
        m_progress->setFixedWidth(Theme::of(this).px(86));
        m_close->setGlyph(QStringLiteral("cross"));
        m_close->setPixelHeight(24);
        m_close->setObjectName(QStringLiteral("cancel"));
        m_again->setPixelHeight(24);
        m_name->setElide(Qt::ElideRight);
        m_name->setMaximumWidth(Theme::of(this).px(200));
        m_note->setElide(Qt::ElideRight);
        m_note->setMaximumWidth(Theme::of(this).px(260));
        for (QWidget *part : std::initializer_list<QWidget *>{m_glyph, m_name, m_progress, m_share, m_note, m_again, m_close})
            row->addWidget(part);
        connect(m_close, &QAbstractButton::clicked, bar, [this, bar, id] { m_running ? Q_EMIT bar->cancelWanted(id) : Q_EMIT bar->dismissWanted(id); });
        connect(m_again, &QAbstractButton::clicked, bar, [bar, id] { Q_EMIT bar->resumeWanted(id); });
    }
    void set(const fleet::Job &job) {
        m_running = job.state == QLatin1String("running");
        m_glyph->setState(stateOfJob(job));
        m_name->setText(job.title);
        m_note->setText(noteOfJob(job));
        m_note->setToolTip(job.error ? job.error->text() : QString());
        const double share = job.total > 0 ? double(job.done) / double(job.total) : -1;
        m_progress->setValue(share);
        m_progress->setVisible(m_running && !isTraffic(job)); // it has no end to go towards
        m_share->setVisible(m_running && share >= 0);
        m_share->setText(percent(share));
        m_again->setVisible(!m_running && !job.run.isEmpty() && (job.state == QLatin1String("failed") || job.state == QLatin1String("cancelled")));
        m_close->setVisible(job.state != QLatin1String("cancelling"));
        m_close->setAccessibleName(m_running ? TaskBar::tr("Cancel %1").arg(job.title) : TaskBar::tr("Close %1").arg(job.title));
        m_close->setToolTip(!m_running ? QString() : isTraffic(job) ? TaskBar::tr("Stop") : TaskBar::tr("Cancel: the checkpoint is kept and it can go on later."));
        setAccessibleName(QStringLiteral("%1 %2 %3").arg(job.title, m_share->text(), m_note->text()));
    }

private:
    StateGlyph *m_glyph = new StateGlyph(State::Running, 13, this);
    Label *m_name = new Label({}, TextRole::Label);
    ProgressBar *m_progress = new ProgressBar(this);
    Label *m_share = new Label({}, TextRole::Second, &Tokens::t2);
    Label *m_note = new Label({}, TextRole::Second, &Tokens::t3);
    Button *m_again = new Button(TaskBar::tr("Go on"), ButtonKind::Plain, this);
    Button *m_close = new Button({}, ButtonKind::Ghost, this);
    bool m_running = true;
};

/// Glyph, bold number, words; a click opens what it is about.
class TaskBar::Status : public QAbstractButton {
public:
    explicit Status(QWidget *parent) : QAbstractButton(parent) {
        setFocusPolicy(Qt::TabFocus);
        setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    }
    void set(State state, const QString &iconName, const QString &strong, const QString &words, const QString &tip) {
        m_state = state;
        m_icon = iconName;
        m_strong = strong;
        setText(words);
        setToolTip(tip);
        setAccessibleName(QStringLiteral("%1 %2 %3").arg(strong, words, stateWord(state)));
        updateGeometry();
        update();
    }
    QSize sizeHint() const override {
        const Theme &theme = Theme::of(this);
        const double strong = tabularWidth(theme.font(TextRole::Label), m_strong), words = tabularWidth(theme.font(TextRole::Second), text());
        const int glyph = m_state != State::None || !m_icon.isEmpty() ? theme.px(19) : 0;
        return {glyph + int(strong + words) + (m_strong.isEmpty() || text().isEmpty() ? 2 : theme.px(6)), theme.px(24)};
    }

protected:
    void paintEvent(QPaintEvent *) override {
        QPainter painter(this);
        const Theme &theme = Theme::of(this);
        const Tokens &t = theme.tokens();
        double x = 0;
        const double side = theme.px(13);
        if (m_state != State::None)
            paintState(painter, QRectF(0, (height() - side) / 2, side, side), m_state, this);
        else if (!m_icon.isEmpty())
            paintIcon(painter, QRectF(0, (height() - side) / 2, side, side), m_icon, t.t3);
        if (m_state != State::None || !m_icon.isEmpty())
            x += theme.px(19);
        painter.setFont(theme.font(TextRole::Label));
        painter.setPen(t.t1);
        drawTabular(painter, QRectF(x, 0, width() - x, height()), Qt::AlignLeft | Qt::AlignVCenter, m_strong);
        if (!m_strong.isEmpty())
            x += tabularWidth(painter.font(), m_strong) + theme.px(5);
        painter.setFont(theme.font(TextRole::Second));
        painter.setPen(t.t2);
        drawTabular(painter, QRectF(x, 0, width() - x + 2, height()), Qt::AlignLeft | Qt::AlignVCenter, text());
        if (hasFocus()) {
            painter.setRenderHint(QPainter::Antialiasing);
            painter.setPen(QPen(t.acc, 2));
            painter.drawRoundedRect(QRectF(rect()).adjusted(1, 1, -1, -1), 4, 4);
        }
    }

private:
    State m_state = State::None;
    QString m_icon, m_strong;
};

TaskBar::TaskBar(QWidget *parent)
    : QWidget(parent), m_jobs(new QHBoxLayout), m_more(new Button({}, ButtonKind::Ghost, this)), m_demo(new Button(tr("Start demo traffic"), ButtonKind::Ghost, this)), m_journal(new Status(this)), m_connections(new Status(this)),
      m_keychain(new Status(this)), m_clock(new Status(this)) {
    setObjectName(QStringLiteral("taskBar"));
    setFixedHeight(Theme::of(this).px(28));
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(12, 1, 12, 0);
    row->setSpacing(20);
    m_jobs->setSpacing(0);
    m_more->setPixelHeight(24);
    m_more->hide();
    m_demo->setObjectName(QStringLiteral("demoTraffic"));
    m_demo->setGlyph(QStringLiteral("play"));
    m_demo->setPixelHeight(24);
    m_demo->setToolTip(tr("Plays the weather station: requests to the served models, labels that come late, and a drift after half a minute."));
    m_demo->hide();
    m_journal->setObjectName(QStringLiteral("journalStatus"));
    m_connections->setObjectName(QStringLiteral("connectionStatus"));
    m_keychain->setObjectName(QStringLiteral("keychainStatus"));
    m_clock->setFocusPolicy(Qt::NoFocus);
    row->addLayout(m_jobs);
    row->addWidget(m_more);
    row->addWidget(m_demo);
    row->addStretch(1);
    for (Status *status : {m_journal, m_connections, m_keychain, m_clock})
        row->addWidget(status);
    m_journal->hide();
    m_connections->hide();
    m_keychain->hide();
    connect(m_journal, &QAbstractButton::clicked, this, &TaskBar::journalOpened);
    connect(m_connections, &QAbstractButton::clicked, this, &TaskBar::connectionsOpened);
    connect(m_demo, &QAbstractButton::clicked, this, &TaskBar::demoWanted);
    connect(&Ticker::of(this), &Ticker::tick, this, &TaskBar::showClock);
    connect(&Theme::of(this), &Theme::changed, this, [this] {
        setFixedHeight(Theme::of(this).px(28));
        showClock(); // in another zone
    });
    showClock();
}

void TaskBar::showClock() {
    const QDateTime now = shownTime(Ticker::of(this).now());
    const int minutes = now.offsetFromUtc() / 60;
    QString zone = QStringLiteral("UTC");
    if (minutes != 0)
        zone += QStringLiteral("%1%2").arg(minutes < 0 ? QStringLiteral("−") : QStringLiteral("+")).arg(qAbs(minutes) / 60);
    if (minutes % 60)
        zone += QStringLiteral(":%1").arg(qAbs(minutes) % 60, 2, 10, QLatin1Char('0'));
    m_clock->set(State::None, {}, {}, now.toString(QStringLiteral("HH:mm:ss")) + QLatin1Char(' ') + zone, QLocale().toString(now, QLocale::LongFormat));
}

void TaskBar::setJobs(const QList<fleet::Job> &jobs) {
    m_all = jobs;
    std::stable_partition(m_all.begin(), m_all.end(), [](const fleet::Job &job) { return !isTraffic(job); }); // it runs beside what is waited for
    const qsizetype room = m_narrow ? 1 : shownJobs;
    QSet<QString> shown;
    for (const fleet::Job &job : m_all.mid(0, room)) {
        shown.insert(job.id);
        JobView *&view = m_views[job.id];
        if (!view) {
            view = new JobView(job.id, this);
            m_jobs->addWidget(view);
        }
        view->set(job);
    }
    for (auto view = m_views.begin(); view != m_views.end();)
        if (shown.contains(view.key())) {
            ++view;
        } else {
            view.value()->hide();
            view.value()->deleteLater();
            view = m_views.erase(view);
        }
    foldJobs(m_all.mid(room));
}

void TaskBar::foldJobs(const QList<fleet::Job> &rest) {
    m_more->setVisible(!rest.isEmpty());
    if (rest.isEmpty())
        return;
    m_more->setText(tr("%n more", nullptr, int(rest.size())));
    m_more->disconnect(this);
    connect(m_more, &QAbstractButton::clicked, this, [this, rest] {
        auto *menu = new QMenu(this);
        menu->setAttribute(Qt::WA_DeleteOnClose);
        for (const fleet::Job &job : rest) {
            const bool stops = isTraffic(job) && job.state == QLatin1String("running");
            const QString words = QStringLiteral("%1   %2").arg(job.title, noteOfJob(job));
            connect(menu->addAction(icon(stateIcon(stateOfJob(job))), stops ? tr("Stop: %1").arg(words) : words), &QAction::triggered, this,
                    [this, id = job.id, stops] { stops ? Q_EMIT cancelWanted(id) : Q_EMIT jobOpened(id); });
        }
        menu->popup(m_more->mapToGlobal(QPoint(0, -menu->sizeHint().height())));
    });
}

void TaskBar::setJournal(const operations::JournalCheck &check) {
    m_journal->setVisible(true);
    if (!check.intact && check.entries > 0)
        return m_journal->set(State::Bad, {}, {}, tr("Journal does not verify"), check.finding);
    if (check.entries == 0)
        return m_journal->set(State::Waiting, {}, {}, tr("Journal empty"), check.finding);
    m_journal->set(check.authenticated ? State::Ok : State::Warn, {}, count(check.entries), check.authenticated ? tr("journal entries sealed", nullptr, int(check.entries)) : tr("journal entries, head not sealed", nullptr, int(check.entries)), check.finding);
}

void TaskBar::setConnections(int reachable, int all, const QString &problem) {
    m_connections->setVisible(all > 0 && !(m_narrow && reachable == all));
    m_connections->set(reachable == all ? State::Ok : State::Warn, {}, reachable == all ? QString::number(all) : tr("%1 of %2").arg(reachable).arg(all),
                       tr("connections", nullptr, all), problem);
}

void TaskBar::setKeychain(const QString &words, bool ok, const QString &why) {
    m_keychain->setVisible(!m_narrow);
    m_keychain->set(ok ? State::None : State::Warn, QStringLiteral("key"), {}, words, why);
}

void TaskBar::setDemoOffered(bool offered) { m_demo->setVisible(offered); }

void TaskBar::setNarrow(bool narrow) {
    if (std::exchange(m_narrow, narrow) != narrow)
        setJobs(m_all);
    if (!m_keychain->text().isEmpty())
        m_keychain->setVisible(!narrow);
}

void TaskBar::paintEvent(QPaintEvent *) {
    QPainter painter(this);
    painter.fillRect(rect(), tokens(this).bg2);
    painter.fillRect(QRect(0, 0, width(), 1), tokens(this).line);
}

} // namespace pilothouse::console
