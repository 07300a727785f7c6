import { type Component, type DefineComponent, defineComponent, h, onBeforeUnmount, onMounted, ref, watch } from "vue";
import type { Connection } from "../index.js";
import { actionOf, FORM_EVENTS, type FormEvents, type MountOptions, mountForm } from "../mount.js";

/** What the component takes. Its events are those of the form: `@received`, `@refused` and so on. */
export type LeadFormProps = Omit<MountOptions, "onEvent"> & {
  readonly [T in keyof FormEvents as `on${Capitalize<T>}`]?: (detail: FormEvents[T]) => void;
};

const text = (required: boolean): { type: StringConstructor; required: boolean } => ({ type: String, required });

/** Makes the component: `<LeadForm form="contact" endpoint=… site=…>`, with fields inside or filled by the edge. */
export function component(load: () => Promise<Connection>): DefineComponent<LeadFormProps> {
  const made: Component = defineComponent({
    name: "LeadForm",
    props: {
      form: text(true),
      endpoint: text(true),
      site: text(true),
      base: text(false),
      config: { type: Object, required: false },
      outbox: { type: Object, required: false },
      context: { type: Function, required: false },
    },
    emits: [...FORM_EVENTS],
    setup(props, { emit, slots }) {
      const element = ref<HTMLElement | null>(null);
      const options = (): MountOptions => {
        const given = Object.entries(props).filter(([, value]) => value !== undefined);
        return Object.fromEntries(given) as unknown as MountOptions;
      };
      let end = (): void => undefined;
      const start = (): void => {
        end();
        if (element.value) end = mountForm(element.value, { ...options(), onEvent: emit }, load);
      };
      onMounted(start);
      watch(() => [props["form"], props["endpoint"], props["site"], props["base"]], start, { flush: "post" });
      onBeforeUnmount(() => end());
      return () =>
        slots["default"]
          ? h(
              "form",
              { ref: element, "data-leadkit": props["form"], method: "post", action: actionOf(options()) },
              slots["default"](),
            )
          : h("lead-form", { ref: element, form: props["form"] });
    },
  });
  return made as DefineComponent<LeadFormProps>;
}
