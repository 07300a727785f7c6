import { renderSurveyInline } from "@formbricks/surveys";

const text = (id, headline, inputType) => ({ id, type: "openText", headline, required: true, inputType });
renderSurveyInline({
  containerId: "app",
  brandColor: "#1f5c4d",
  isBrandingEnabled: false,
  survey: {
    id: "contact",
    name: "contact",
    type: "link",
    questions: [
      text("full_name", "Your name", "text"),
      text("email", "E-mail", "email"),
      text("phone", "Telephone", "phone"),
    ],
    welcomeCard: { enabled: false },
    thankYouCard: { enabled: false },
  },
  onResponse: () => undefined,
  onClose: () => undefined,
});
