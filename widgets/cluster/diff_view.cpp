// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/cluster/diff_view.h"

#include <QSyntaxHighlighter>

namespace pilothouse::ui {

class DiffView::Inks : public QSyntaxHighlighter {
public:
    explicit Inks(DiffView *view) : QSyntaxHighlighter(view->document()), m_view(view) {}

protected:
    void highlightBlock(const QString &text) override {
        const Tokens &t = tokens(m_view);
        QTextCharFormat format;
        if (text.startsWith(QLatin1Char('+')))
            format.setForeground(t.ok);
        else if (text.startsWith(QLatin1Char('-')))
            format.setForeground(t.bad);
        else
            format.setForeground(text.startsWith(QLatin1String("@@")) ? t.t3 : t.t2);
        setFormat(0, int(text.size()), format);
    }

private:
    DiffView *m_view;
};

DiffView::DiffView(QWidget *parent) : QPlainTextEdit(parent), m_inks(new Inks(this)) {
    setReadOnly(true);
    setLineWrapMode(NoWrap);
    setTabChangesFocus(true);
    setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    setAccessibleName(tr("What changes, line by line"));
    connect(&Theme::of(this), &Theme::changed, this, &DiffView::restyle);
    restyle();
}

void DiffView::restyle() {
    setFont(Theme::of(this).font(TextRole::Mono));
    m_inks->rehighlight();
}

void DiffView::setDiff(const QStringList &lines) {
    const QString text = lines.join(QLatin1Char('\n'));
    if (text != toPlainText())
        setPlainText(text);
}

} // namespace pilothouse::ui
