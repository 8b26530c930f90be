// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/pipelines/run_log_view.h"

#include "widgets/base/button.h"
#include "widgets/base/field.h"
#include "widgets/base/theme.h"

#include <QBoxLayout>
#include <QFileDialog>
#include <QLineEdit>
#include <QLocale>
#include <QScrollBar>
#include <QShortcut>

#include <algorithm>

namespace pilothouse::ui {

RunLogView::RunLogView(QThreadPool &pool, QWidget *parent)
    : QWidget(parent), m_pool(pool), m_model(new RunLogModel(pool, this)), m_canvas(new RunLogCanvas(*m_model, this)), m_find(new QLineEdit(this)), m_pattern(new CheckBox(QStringLiteral(".*"), this)),
      m_warnings(new CheckBox(tr("Warnings only"), this)), m_numbers(new CheckBox(tr("Line numbers"), this)), m_follow(new CheckBox(tr("Follow"), this)), m_error(new Button(tr("First error"), ButtonKind::Plain, this)),
      m_save(new Button(tr("Save…"), ButtonKind::Plain, this)), m_head(new Button(tr("Read the begin"), ButtonKind::Link, this)), m_counts(new Label({}, TextRole::Second, &Tokens::t2, this)) {
    m_canvas->setObjectName(QStringLiteral("runLog"));
    m_find->setObjectName(QStringLiteral("runLogFind"));
    m_find->setPlaceholderText(tr("Find"));
    m_find->setAccessibleName(tr("Find in the log"));
    m_find->setClearButtonEnabled(true);
    m_pattern->setObjectName(QStringLiteral("runLogPattern"));
    m_pattern->setAccessibleName(tr("Regular expression"));
    m_pattern->setToolTip(tr("Regular expression"));
    m_warnings->setObjectName(QStringLiteral("runLogWarnings"));
    m_numbers->setObjectName(QStringLiteral("runLogNumbers"));
    m_follow->setObjectName(QStringLiteral("runLogFollow"));
    m_error->setObjectName(QStringLiteral("runLogError"));
    m_save->setObjectName(QStringLiteral("runLogSave"));
    m_head->setObjectName(QStringLiteral("runLogHead"));
    m_counts->setObjectName(QStringLiteral("runLogCounts"));
    m_counts->setElide(Qt::ElideRight);
    m_counts->setTextFormat(Qt::PlainText);
    m_counts->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred); // a long note makes no window wider
    for (CheckBox *box : {m_pattern, m_warnings, m_numbers, m_follow})
        box->setCheckable(true);
    m_numbers->setChecked(true);
    m_follow->setChecked(true);
    m_follow->setToolTip(tr("Go to the end, and on with it (End)"));
    auto *foot = new QHBoxLayout;
    foot->addWidget(m_counts, 1);
    foot->addWidget(m_head);
    auto *all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->addWidget(buildBar());
    all->addWidget(m_canvas, 1);
    all->addLayout(foot);
    setFocusProxy(m_canvas);
    connectAll();
    refresh();
}

QWidget *RunLogView::buildBar() {
    auto *bar = new QWidget(this);
    auto *line = new QHBoxLayout(bar);
    line->setContentsMargins(0, 0, 0, 0);
    line->addWidget(m_find, 1);
    for (QWidget *widget : std::initializer_list<QWidget *>{m_pattern, m_error, m_warnings, m_numbers, m_follow, m_save})
        line->addWidget(widget);
    return bar;
}

void RunLogView::connectAll() {
    connect(m_find, &QLineEdit::textChanged, this, &RunLogView::search);
    connect(m_pattern, &QAbstractButton::toggled, this, &RunLogView::search);
    connect(m_find, &QLineEdit::returnPressed, this, [this] { findNext(false); });
    auto *back = new QShortcut(QKeySequence(Qt::SHIFT | Qt::Key_Return), m_find, nullptr, nullptr, Qt::WidgetShortcut);
    connect(back, &QShortcut::activated, this, [this] { findNext(true); });
    auto *leave = new QShortcut(QKeySequence(Qt::Key_Escape), m_find, nullptr, nullptr, Qt::WidgetShortcut);
    connect(leave, &QShortcut::activated, this, [this] {
        if (m_find->text().isEmpty())
            m_canvas->setFocus();
        else
            m_find->clear();
    });
    auto *find = new QShortcut(QKeySequence::Find, this, nullptr, nullptr, Qt::WidgetWithChildrenShortcut);
    connect(find, &QShortcut::activated, this, [this] { key(Qt::Key_Slash, {}); });
    connect(m_canvas, &RunLogCanvas::keyed, this, &RunLogView::key);
    connect(m_error, &QAbstractButton::clicked, this, [this] { nextError(false); });
    connect(m_warnings, &QAbstractButton::toggled, this, [this](bool on) {
        const qint64 at = m_canvas->currentByte();
        m_model->setWarningsOnly(on);
        if (!on && at >= 0)
            m_canvas->showByte(at); // among its neighbours
        refresh();
    });
    connect(m_numbers, &QAbstractButton::toggled, m_canvas, &RunLogCanvas::setNumbers);
    connect(m_follow, &QAbstractButton::toggled, m_canvas, &RunLogCanvas::setFollow);
    connect(m_canvas, &RunLogCanvas::followChanged, m_follow, &QAbstractButton::setChecked);
    connect(m_save, &QAbstractButton::clicked, this, &RunLogView::askPlace);
    connect(m_head, &QAbstractButton::clicked, this, &RunLogView::headWanted);
    connect(m_model, &RunLogModel::changed, this, &RunLogView::refresh);
    connect(&m_model->errors(), &LogScan::found, this, &RunLogView::refresh);
    connect(&m_model->search(), &LogScan::found, this, [this] {
        if (m_jump && !m_model->search().hits().empty())
            findNext(false);
        refresh();
    });
}

void RunLogView::setFile(const QString &path) {
    m_saying.clear();
    m_model->setFile(path);
}

void RunLogView::showNote(const QString &note) {
    m_note = note;
    refresh();
}

void RunLogView::setLive(bool live) {
    m_model->setLive(live);
    refresh();
}

void RunLogView::setSkipped(qint64 bytes) {
    m_skipped = bytes;
    refresh();
}

void RunLogView::key(int key, Qt::KeyboardModifiers with) {
    const bool shift = with & Qt::ShiftModifier;
    if (key == Qt::Key_Slash) {
        m_find->setFocus();
        m_find->selectAll();
    } else if (key == Qt::Key_N) {
        findNext(shift);
    } else if (key == Qt::Key_E) {
        nextError(shift);
    } else if (key == Qt::Key_W) {
        m_warnings->toggle();
    } else if (key == Qt::Key_G && shift) {
        m_canvas->setFollow(true);
    } else if (key == Qt::Key_G) {
        m_canvas->showByte(m_model->byteOf(0));
    }
}

void RunLogView::search() {
    m_saying.clear();
    m_jump = !m_find->text().isEmpty();
    std::optional<pipelines::LogQuery> query;
    if (m_jump)
        query = pipelines::LogQuery{m_pattern->isChecked() ? pipelines::LogQuery::Kind::Pattern : pipelines::LogQuery::Kind::Words, m_find->text(), true};
    m_canvas->setMarked(query);
    m_model->search().start(query);
}

void RunLogView::findNext(bool backwards) {
    m_jump = false;
    const LogScan &search = m_model->search();
    if (!search.query())
        return key(Qt::Key_Slash, {});
    const qint64 at = m_canvas->currentByte() >= 0 ? m_canvas->currentByte() : backwards ? m_canvas->topByte() : m_canvas->topByte() - 1;
    if (const qint64 to = search.next(at, backwards); to >= 0)
        m_canvas->showByte(to);
    else
        m_jump = search.isRunning(); // when one comes
    refresh();
}

void RunLogView::nextError(bool backwards) {
    const LogScan &errors = m_model->errors();
    const bool first = m_canvas->currentByte() < 0 && !backwards;
    const qint64 to = first && !errors.hits().empty() ? errors.hits().front() : errors.next(m_canvas->currentByte(), backwards);
    m_saying = to < 0 ? errors.isRunning() ? tr("No error was found yet.") : tr("No line reads like an error.") : QString();
    if (to >= 0)
        m_canvas->showByte(to);
    refresh();
}

void RunLogView::askPlace() {
    const QString path = QFileDialog::getSaveFileName(this, tr("Save the log"), QStringLiteral("log.txt"), tr("Text (*.txt *.log)"));
    if (!path.isEmpty())
        saveTo(path);
}

bool RunLogView::saveTo(const QString &path) {
    if (m_saving.isRunning() || m_model->lines().count() == 0)
        return false;
    m_saving = startTask<bool>(m_pool, [lines = m_model->lines(), path](std::stop_token token) -> Result<bool> {
        PH_TRY(pipelines::saveLogText(lines, path, token));
        return true;
    });
    m_saying = tr("Saving…");
    deliver(m_saving, this, [this, path](const Result<bool> &done) {
        m_saying = done ? tr("Saved as %1.").arg(path.section(QLatin1Char('/'), -1)) : done.error().text();
        refresh();
        Q_EMIT saved(path, done ? QString() : done.error().text());
    });
    refresh();
    return true;
}

QString RunLogView::countsText() const {
    const QLocale locale;
    QStringList parts;
    const pipelines::LogLines &lines = m_model->lines();
    if (m_model->error())
        parts << m_model->error()->text();
    else if (lines.file())
        parts << (lines.complete() ? tr("%n lines", nullptr, int(std::min<qint64>(lines.count(), 2'000'000'000))) : tr("lines are counted…"));
    const LogScan &search = m_model->search();
    if (search.error()) {
        parts << search.error()->what;
    } else if (search.query()) {
        const auto &hits = search.hits();
        const auto at = std::lower_bound(hits.begin(), hits.end(), m_canvas->currentByte());
        const QString count = locale.toString(qint64(hits.size())) + (search.isRunning() ? QStringLiteral("…") : QString());
        if (at != hits.end() && *at == m_canvas->currentByte())
            parts << tr("match %1 of %2").arg(locale.toString(qint64(at - hits.begin()) + 1), count);
        else
            parts << (hits.empty() && !search.isRunning() ? tr("no line matches") : tr("%1 lines match").arg(count));
    }
    if (const auto errors = m_model->errors().hits().size())
        parts << tr("%n errors", nullptr, int(errors));
    if (m_model->warningsOnly())
        parts << tr("%1 shown").arg(locale.toString(m_model->rowCount()));
    if (m_skipped < 0)
        parts << tr("its begin is not here");
    else if (m_skipped > 0)
        parts << tr("the first %1 are not here").arg(locale.formattedDataSize(m_skipped));
    if (m_model->isLive())
        parts << tr("live");
    for (const QString &said : {m_saying, m_note})
        if (!said.isEmpty())
            parts << said;
    return parts.join(QStringLiteral(" · "));
}

void RunLogView::refresh() {
    m_counts->setText(countsText());
    m_counts->setToolTip(m_counts->text());
    const bool some = !m_model->errors().hits().empty();
    m_error->setWords(m_canvas->currentByte() >= 0 && some ? tr("Next error") : tr("First error"));
    m_error->setBlocked(some || m_model->errors().isRunning() ? QString() : tr("No line reads like an error."));
    m_save->setBlocked(m_model->lines().count() > 0 ? QString() : tr("There is nothing to save yet."));
    m_head->setVisible(m_skipped != 0);
    m_canvas->setEmptyText(m_model->error() ? m_model->error()->text() : m_model->warningsOnly() && m_model->lines().count() > 0 ? tr("No line reads like a warning or an error.") : !m_note.isEmpty() ? m_note : m_model->isLive() ? tr("Nothing was written yet.") : tr("There is no log."));
}

} // namespace pilothouse::ui
